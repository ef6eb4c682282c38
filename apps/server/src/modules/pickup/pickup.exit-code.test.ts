import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { behind, shownAt } from './pickup.exit-code.ts';

const keyed = (text: string) => createHmac('sha256', 'secret').update(text).digest('base64url');

describe('the code shown at the exit', () => {
  it('C02-CPT-13 is ten digits that lead back to the booking’s, in its own step alone', () => {
    for (let index = 0; index < 300; index += 1) {
      const digits = String((index * 7_919_331_337) % 10_000_000_000).padStart(10, '0');
      const shown = shownAt(keyed, digits, index);
      expect(shown).toMatch(/^\d{10}$/);
      expect(behind(keyed, shown, index)).toBe(digits);
      expect(behind(keyed, shown, index + 1)).not.toBe(digits);
    }
  });

  it('C02-CPT-13 is another one for each booking of a step, and differs by nothing that tells of a third', () => {
    const shown = Array.from({ length: 2_000 }, (_, index) => shownAt(keyed, String(index).padStart(10, '0'), 7));
    expect(new Set(shown).size).toBe(2_000);
    const steps = new Set(shown.slice(1).map((code, index) => Number(code) - Number(shown[index])));
    expect(steps.size).toBeGreaterThan(1_900);
  });
});
