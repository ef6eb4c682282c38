import { expect, it } from 'vitest';
import { errorsCsv } from './import-job.ts';

it('writes row errors as CSV that Excel reads and that cannot run as a formula', () => {
  expect(
    errorsCsv([
      { row: 3, column: '售价', message: '写成了 "12元"' },
      { row: 4, column: '标题', message: '=HYPERLINK("x")' },
    ]),
  ).toBe('\uFEFF"行","列","问题"\r\n"3","售价","写成了 ""12元"""\r\n"4","标题","\'=HYPERLINK(""x"")"');
});
