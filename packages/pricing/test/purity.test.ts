import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../src/', import.meta.url);
const sources = readdirSync(folder).filter((name) => !name.endsWith('.test.ts'));

describe('the package', () => {
  it.each(sources)(
    'C05-PERF-10 runs in a mini program Worker: %s imports only its neighbours and money, and asks nobody the time',
    (name) => {
      const text = readFileSync(new URL(name, folder), 'utf8');
      const foreign = [...text.matchAll(/from '([^']+)'/g)]
        .map(([, from]) => from)
        .filter((from) => !/^\.\/|^@xiaopu\/money$/.test(from ?? ''));
      expect(foreign).toEqual([]);
      expect(text).not.toMatch(/Date\.now|new Date\(\)|Math\.random|process\.|require\(|Intl\.|toLocale/);
    },
  );
});
