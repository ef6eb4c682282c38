import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

/** The tokens of one block, by name. */
function tokensOf(selector: string): Record<string, string> {
  const block = new RegExp(`^${selector} \\{([^}]*)\\}`, 'm').exec(css)?.[1] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/(--xp-[\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  );
}
const light = tokensOf(':root');
const dark = { ...light, ...tokensOf('html\\.dark') };

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a = '#000000', b = '#000000'): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe('C05-UI tokens', () => {
  const pairs: [text: string, ground: string][] = [
    ['--xp-ink', '--xp-surface'],
    ['--xp-ink-2', '--xp-ground'],
    ['--xp-ink-3', '--xp-surface'],
    ['--xp-action', '--xp-surface'],
    ['--xp-action', '--xp-action-soft'],
    ['--xp-on-action', '--xp-action'],
    ['--xp-danger', '--xp-surface'],
    ['--xp-danger', '--xp-danger-soft'],
    ['--xp-on-action', '--xp-danger'],
    ['--xp-success-deep', '--xp-success-soft'],
    ['--xp-warning-deep', '--xp-warning-soft'],
    ['--xp-brand-deep', '--xp-surface'],
    ['--xp-on-dark', '--xp-badge'],
  ];

  it.each([
    ['light', light],
    ['dark', dark],
  ] as const)('keep small text readable in %s (4.5:1)', (_, tokens) => {
    const faint = pairs
      .map(([text, ground]) => ({ text, ground, ratio: contrast(tokens[text], tokens[ground]) }))
      .filter(({ ratio }) => ratio < 4.5);
    expect(faint).toEqual([]);
  });

  it('are the only place with raw colours', () => {
    const files = globSync('**/*.{vue,css}', { cwd: root }).filter((file) => !file.endsWith('tokens.css'));
    const raw = files.filter((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const styles = file.endsWith('.css')
        ? text
        : [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(([, style]) => style).join('');
      return /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i.test(styles);
    });
    expect(files.length).toBeGreaterThan(50);
    expect(raw).toEqual([]);
  });
});
