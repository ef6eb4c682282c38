import { describe, expect, it } from 'vitest';
import { newId, newTradeNo, shardHint } from './ids.ts';

describe('ids', () => {
  it('are UUIDv7, unique, and rise within a process', () => {
    const ids = Array.from({ length: 20_000 }, newId);
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true,
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });
  it('trade numbers are 20 digits that carry Shanghai time and the buyer’s shard hint', () => {
    const buyer = '01970000-0000-7000-8000-000000000001';
    const number = newTradeNo(buyer, new Date('2026-11-22T16:30:05Z'));
    expect(number).toMatch(/^\d{20}$/);
    expect(number.slice(0, 12)).toBe('261123003005');
    expect(number.slice(12, 14)).toBe(shardHint(buyer));
  });
});
