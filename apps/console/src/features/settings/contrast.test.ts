import { expect, it } from 'vitest';
import { contrastOnWhite } from './contrast.ts';

it('C05-UI measures a brand colour against white text', () => {
  expect(contrastOnWhite('#000000')).toBeCloseTo(21, 5);
  expect(contrastOnWhite('#FFFFFF')).toBeCloseTo(1, 5);
  expect(contrastOnWhite('#E63B2E')).toBeCloseTo(4.2, 1);
  expect(contrastOnWhite('#D42F22')).toBeCloseTo(5.0, 1);
  expect(contrastOnWhite('red')).toBeNull();
});
