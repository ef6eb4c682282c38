/** Lists what could speak to the world without a breaker (C04-TECH-07), by reading the sources. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outsideServices } from '../src/main/outside-services.ts';

const src = join(import.meta.dirname, '../src');
const sources = (pattern: string) =>
  globSync(pattern, { cwd: src })
    .filter((file) => !/\.(test|testing|vectors)\.ts$/.test(file))
    .map((file) => ({
      file,
      text: readFileSync(join(src, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
    }));

const modules = sources('modules/**/*.ts');
const main = sources('main/*.ts');

/** The text of a call from its opening to its closing bracket. */
function callOf(text: string, name: string): string[] {
  const calls: string[] = [];
  for (const { index } of text.matchAll(new RegExp(`\\b${name}\\(`, 'g'))) {
    let depth = 0;
    for (let at = index + name.length; at < text.length; at += 1) {
      if (text[at] === '(') depth += 1;
      if (text[at] === ')' && --depth === 0) {
        calls.push(text.slice(index, at + 1));
        break;
      }
    }
  }
  return calls;
}

describe('C04-TECH-07 every call to the outside', () => {
  it('leaves a module only by a `fetch` that was handed in', () => {
    const direct = modules.filter(
      ({ text }) =>
        /(?<![.\w'])(fetch|leanFetch)\(/.test(text) || /from '(node:(https?|tls)|undici|axios|got)'/.test(text),
    );
    expect(direct.map(({ file }) => file)).toEqual([]);
  });

  it('is handed in behind a breaker, for each gateway there is', () => {
    const gateways = modules
      .filter(({ text }) => /typeof fetch/.test(text))
      .flatMap(({ text }) => [...text.matchAll(/export function (create\w+)\(/g)].map(([, name]) => name as string));
    expect(gateways.length).toBeGreaterThanOrEqual(5);
    // One that another gateway makes takes what that one was handed.
    const isInner = (name: string) => modules.some(({ text }) => new RegExp(`(?<!function )\\b${name}\\(`).test(text));
    const open = gateways.filter((name) => {
      if (isInner(name)) return false;
      const calls = main.flatMap(({ text }) => callOf(text, name));
      return calls.length === 0 || !calls.every((call) => /calls\.guard(Each)?\(|outside\.\w+/.test(call));
    });
    expect(open).toEqual([]);
  });

  it('is not let out bare where the shop is wired', () => {
    const bare = main.flatMap(({ file, text }) =>
      [...text.matchAll(/^.*(?<![.\w])(fetch|leanFetch)(?![\w:]).*$/gm)]
        .map(([line]) => line.trim())
        .filter((line) => !line.startsWith('import ') && !/calls\.guard(Each)?\([\w.]+, (leanFetch|fetch)\)/.test(line))
        .map((line) => `${file}: ${line}`),
    );
    expect(bare).toEqual([]);
  });

  it('says what the shop does meanwhile, and is used', () => {
    const wiring = main.map(({ text }) => text).join('\n');
    for (const [key, { fallback, failures, timeoutMs }] of Object.entries(outsideServices)) {
      expect(fallback.length, key).toBeGreaterThan(5);
      expect(failures).toBeGreaterThan(0);
      expect(timeoutMs).toBeLessThanOrEqual(60_000);
      expect(wiring, key).toContain(`outsideServices.${key}`);
    }
  });
});
