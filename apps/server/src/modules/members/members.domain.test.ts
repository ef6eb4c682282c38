import { describe, expect, it } from 'vitest';
import { byUsefulness, decodeCursor, distanceMetres, encodeCursor, type Rankable } from './members.domain.ts';

const address = (name: string, change: Partial<Rankable> = {}) => ({
  name,
  isDefault: false,
  lastUsedAt: null,
  createdAt: new Date('2026-01-01T00:00:00Z'),
  distance: null,
  ...change,
});
const order = (addresses: ReturnType<typeof address>[]) => addresses.toSorted(byUsefulness).map(({ name }) => name);

describe('order of addresses', () => {
  it('measures Hangzhou east station to Shanghai Hongqiao as about 158 km', () => {
    const metres = distanceMetres({ lat: 30.2907, lng: 120.2126 }, { lat: 31.194, lng: 121.327 });
    expect(metres).toBeGreaterThan(140_000);
    expect(metres).toBeLessThan(160_000);
    expect(distanceMetres({ lat: 30, lng: 120 }, { lat: 30, lng: 120 })).toBe(0);
    expect(distanceMetres({ lat: 0, lng: 0 }, { lat: 0, lng: 1 })).toBe(111_195);
  });

  it('C05-PATH-05 puts the nearest first, unknown places last, even before the default', () => {
    const list = [
      address('unknown', { isDefault: true }),
      address('far', { distance: 900 }),
      address('near', { distance: 30 }),
    ];
    expect(order(list)).toEqual(['near', 'far', 'unknown']);
  });

  it('C05-PATH-05 without a position: default, last used, newest', () => {
    const list = [
      address('old'),
      address('new', { createdAt: new Date('2026-02-01T00:00:00Z') }),
      address('used', { lastUsedAt: new Date('2026-01-05T00:00:00Z') }),
      address('used later', { lastUsedAt: new Date('2026-01-06T00:00:00Z') }),
      address('default', { isDefault: true }),
    ];
    expect(order(list)).toEqual(['default', 'used later', 'used', 'new', 'old']);
  });

  it('reads its own cursors and refuses others', () => {
    const position = { at: new Date('2026-01-05T00:00:00.123Z'), spuId: '019aa000-0000-7000-8000-000000000001' };
    expect(decodeCursor(encodeCursor(position))).toEqual(position);
    for (const bad of [
      '',
      'x',
      Buffer.from('1.2').toString('base64url'),
      Buffer.from("1.' or 1=1").toString('base64url'),
    ]) {
      expect(decodeCursor(bad)).toBeUndefined();
    }
  });
});
