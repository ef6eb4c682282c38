import { expect, it } from 'vitest';
import { readEvents } from './stock-stream.ts';

it('C06-INV-03 reads events that come in pieces, and passes over heartbeats', () => {
  const seen: { name: string; data: string }[] = [];
  const on = (event: { name: string; data: string }) => void seen.push(event);
  let rest = readEvents('retry: 2000\n\nevent: stock\nid: 3\nda', on);
  rest = readEvents(`${rest}ta: {"a":1}\n\n: \n\nevent: reset\nid: 9\ndata: {}\n\nevent: st`, on);
  expect(seen).toEqual([
    { name: 'stock', data: '{"a":1}' },
    { name: 'reset', data: '{}' },
  ]);
  expect(rest).toBe('event: st');
});
