import { expect, it } from 'vitest';
import { uuidv7 } from './ids.ts';

it('makes UUIDs of version 7 that carry the time and differ', () => {
  const at = Date.UTC(2026, 2, 1);
  const ids = Array.from({ length: 50 }, () => uuidv7(at));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(50);
  expect(Number.parseInt(ids[0]?.replace('-', '').slice(0, 12) ?? '', 16)).toBe(at);
});
