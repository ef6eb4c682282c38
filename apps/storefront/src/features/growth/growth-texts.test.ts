import { describe, expect, it } from 'vitest';
import { qrImage } from '../../shared/lib/qr.ts';
import { middles, monthGrid, oddsText, progressOf, rateText, stopAngle, wheelPaint } from './growth-texts.ts';

describe('member pages', () => {
  it('says rates and odds as people do', () => {
    expect([10_000, 9_800, 8_000].map(rateText)).toEqual(['暂无折扣', '9.8 折', '8 折']);
    expect([1_000, 20_000, 500_000].map(oddsText)).toEqual(['0.1%', '2%', '50%']);
  });

  it('shows the way to the next tier between 0 and 100', () => {
    expect([progressOf(500, 500, 2_000), progressOf(1_250, 500, 2_000), progressOf(9_999, 8_000, undefined)]).toEqual([
      0, 50, 100,
    ]);
  });

  it('stops the wheel with the won sector at the top, always turning forward', () => {
    for (const current of [0, 36, 1_800, 2_345]) {
      for (const index of [0, 1, 4]) {
        const angle = stopAngle(current, index, 5);
        const middle = middles(5)[index] ?? 0;
        expect((((angle + middle) % 360) + 360) % 360).toBeCloseTo(0);
        expect(angle).toBeGreaterThanOrEqual(current + 1_800);
      }
    }
  });

  it('never paints two neighbouring sectors alike', () => {
    for (const count of [2, 4, 5, 7, 8]) {
      const tints = [...wheelPaint(count).matchAll(/--hue-(\d)/g)].map(([, tint]) => tint);
      expect(tints).toHaveLength(count);
      expect(tints.every((tint, index) => tint !== tints[(index + 1) % count])).toBe(true);
    }
  });

  it('lays a month out in weeks from Monday', () => {
    const grid = monthGrid('2026-11-22'); // 1 November 2026 is a Sunday
    expect(grid.slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 1, 2]);
    expect(grid.length % 7).toBe(0);
    expect(Math.max(...grid)).toBe(30);
    expect(Math.max(...monthGrid('2028-02-10'))).toBe(29);
  });

  it('draws a QR code as runs of dark cells', () => {
    const image = decodeURIComponent(qrImage(['110', '000', '001']));
    expect(image).toContain('M2 2h2v1h-2z');
    expect(image).toContain('M4 4h1v1h-1z');
  });
});
