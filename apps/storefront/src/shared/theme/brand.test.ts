import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { brandStyle, contrastWithWhite } from './brand.ts';

it('C05-UI-01 takes a shop colour only when white can be read on it', () => {
  expect(contrastWithWhite('#ffffff')).toBe(1);
  expect(contrastWithWhite('#000000')).toBe(21);
  expect(brandStyle('#8a3b12')).toBe('background-color:#8a3b12');
  expect(brandStyle('#ffcc00')).toBe('');
  expect(brandStyle('not a colour')).toBe('');
  expect(brandStyle(undefined)).toBe('');
});

it('C05-UI-01 keeps the inks of the token file readable on the grounds they are used on', () => {
  const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
  const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
  const token = (part: string, name: string): string =>
    new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(part)?.[1] ??
    new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(light)?.[1] ??
    '';
  const luminance = (hex: string): number => 1.05 / contrastWithWhite(hex) - 0.05;
  const contrast = (a: string, b: string): number => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
    return (high + 0.05) / (low + 0.05);
  };
  const pairs: [string, string, number][] = [
    ['ink', 'surface', 4.5],
    ['ink', 'ground', 4.5],
    ['ink-2', 'surface', 4.5],
    ['ink-2', 'ground', 4.5],
    ['ink-2', 'fill', 4.5],
    ['price', 'surface', 4.5],
    ['price', 'ground', 4.5],
    ['price', 'brand-soft', 4.5],
    ['on-brand', 'brand-deep', 4.4],
    ['on-brand', 'brand', 3],
    ['success-ink', 'success-soft', 4.5],
    ['warning-ink', 'warning-soft', 4.5],
    ['gold-ink', 'gold-soft', 4.5],
    ['ink-3', 'surface', 4.5],
    ...Array.from({ length: 10 }, (_, at): [string, string, number] => [`hue-${at + 1}-ink`, `hue-${at + 1}`, 3]),
  ];
  const failed = [
    ['light', light],
    ['dark', dark],
  ].flatMap(([theme, part]) =>
    pairs
      .map(([ink, ground, least]) => ({
        theme,
        ink,
        ground,
        least,
        found: contrast(token(part as string, ink), token(part as string, ground)),
      }))
      .filter(({ found, least }) => found < least)
      .map(({ theme, ink, ground, found }) => `${theme}: ${ink} on ${ground} is ${found.toFixed(2)}`),
  );
  expect(failed).toEqual([]);
});
