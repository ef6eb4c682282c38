import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { iconsCss } from '../../scripts/build-icons.ts';
import { drawings } from '../../src/shared/icons/drawings.ts';
import { strokes } from '../../src/shared/icons/strokes.ts';

const root = new URL('../../src', import.meta.url).pathname;
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
const text = (file: string): string => readFileSync(file, 'utf8');
const name = (file: string): string => relative(root, file);
const vue = files.filter((file) => file.endsWith('.vue'));

/** Style blocks of components, style files, and inline styles of templates: all that paints. */
function painting(file: string): string {
  const source = text(file);
  if (file.endsWith('.css')) return source;
  const blocks = [...source.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map((match) => match[1]);
  const inline = [...source.matchAll(/\sstyle="([^"]*)"/g)].map((match) => match[1]);
  return [...blocks, ...inline].join('\n');
}
const painted = [...vue, ...files.filter((file) => file.endsWith('.css'))].filter(
  (file) => !/tokens\.css$|icons\.css$/.test(file),
);
const hits = (pattern: RegExp): string[] =>
  painted.flatMap((file) => [...painting(file).matchAll(pattern)].map((match) => `${name(file)}: ${match[0].trim()}`));

it('C05-UI-10 has no raw colour outside the token file', () => {
  expect(
    hits(/#[0-9a-fA-F]{3,8}\b(?![^(]*\))|\brgba?\([^)]*\)|\bhsla?\([^)]*\)|:\s*(?:white|black|red|gray|grey)\s*;/g),
  ).toEqual([]);
});

it('C05-UI-12 takes every radius from the tokens', () => {
  expect(hits(/border-radius:(?![^;]*var\(--radius)[^;]*;/g).filter((hit) => !/: 0;?$/.test(hit))).toEqual([]);
});

it('C05-UI-09 C05-UI-12 takes every duration from the tokens, so that reduced motion makes all of them 0', () => {
  expect(hits(/(?:transition|animation)(?:-duration)?:(?![^;]*var\(--motion)[^;]*;/g)).toEqual([]);
  const tokens = text(join(root, 'shared/theme/tokens.css'));
  const reduced = tokens.slice(tokens.indexOf('prefers-reduced-motion'));
  const durations = [...tokens.matchAll(/--motion-[a-z]+/g)].map((match) => match[0]);
  for (const duration of new Set(durations)) expect(reduced).toContain(`${duration}: 0ms`);
});

it('gives each block of class names to one file only: on H5 all styles share one page', () => {
  const owners = new Map<string, Set<string>>();
  for (const file of vue) {
    for (const [, block] of painting(file).matchAll(/\.([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?=[_\s{.,:>+~-])/g)) {
      const root = (block as string).split('--')[0] as string;
      owners.set(root, (owners.get(root) ?? new Set()).add(name(file)));
    }
  }
  const shared = [...owners].filter(([block, files]) => files.size > 1 && !block.startsWith('xp-'));
  expect(shared.map(([block, files]) => `${block}: ${[...files].join(', ')}`)).toEqual([]);
});

it('uses only tokens that exist', () => {
  const tokens = text(join(root, 'shared/theme/tokens.css'));
  const known = new Set([...tokens.matchAll(/(--[a-z0-9-]+):/g)].map((match) => match[1]));
  const given = /^--(window-(top|left|right|bottom)|i|soft|stroke)$/;
  const used = painted.flatMap((file) =>
    [...painting(file).matchAll(/var\((--[a-z0-9-]+)/g)].map((match) => `${match[1]}`),
  );
  expect([...new Set(used)].filter((token) => !known.has(token) && !given.test(token))).toEqual([]);
});

it('C05-UI-11 has one icon set of vectors: no bitmap in the sources, icons.css as the strokes say', () => {
  expect(files.filter((file) => /\.(png|jpe?g|gif|webp|ico|bmp)$/i.test(file)).map(name)).toEqual([]);
  expect(text(join(root, 'shared/icons/icons.css'))).toBe(iconsCss());
});

it('C05-UI-11 names only icons and drawings that exist', () => {
  const unknown = vue.flatMap((file) => {
    const source = text(file);
    const icons = [...source.matchAll(/<Xp(?:Icon|IconButton)\b[^>]*?\sname="([^"]+)"/g)].filter(
      (match) => !((match[1] as string) in strokes),
    );
    const pictures = [...source.matchAll(/\sdrawing="([^"]+)"/g)].filter(
      (match) => !((match[1] as string) in drawings),
    );
    return [...icons, ...pictures].map((match) => `${name(file)}: ${match[1]}`);
  });
  expect(unknown).toEqual([]);
});

it('C05-UI-11 gives every tappable thing without words a label', () => {
  const silent = vue.flatMap((file) => {
    const template = /<template>([\s\S]*)<\/template>/.exec(text(file))?.[1] ?? '';
    return [...template.matchAll(/<view\b((?:[^>"]|"[^"]*")*)>\s*<XpIcon\b(?:[^>"]|"[^"]*")*\/>\s*<\/view>/g)]
      .filter((match) => /@click/.test(match[1] as string) && !/aria-label/.test(match[1] as string))
      .map((match) => `${name(file)}: ${(match[1] as string).trim().slice(0, 80)}`);
  });
  expect(silent).toEqual([]);
  for (const file of vue) {
    for (const match of text(file).matchAll(/<XpIconButton\b((?:[^>"]|"[^"]*")*)>/g))
      expect(match[1]).toMatch(/label=/);
  }
});

it('C05-PATH-03 uses only open-types that WeChat has', () => {
  const official = [
    'contact',
    'share',
    'getPhoneNumber',
    'getRealtimePhoneNumber',
    'getUserInfo',
    'launchApp',
    'openSetting',
    'feedback',
    'chooseAvatar',
    'agreePrivacyAuthorization',
    'getPhoneNumber|agreePrivacyAuthorization',
  ];
  const used = vue.flatMap((file) =>
    [...text(file).matchAll(/open-type="([^"]+)"/g)].map((match) => match[1] as string),
  );
  expect(used.filter((type) => !official.includes(type))).toEqual([]);
  expect(used).toContain('contact');
});

it('names loop items with words: the WeChat build calls its own data a, b, c …, and a loop item of that name would hide them', () => {
  const short = vue.flatMap((file) =>
    [...text(file).matchAll(/v-for="\(?([A-Za-z]{1,2})[ ,)]/g)].map((match) => `${name(file)}: ${match[1]}`),
  );
  expect(short).toEqual([]);
});

it('no page talks to the network, the storage or the till past src/platform', () => {
  const forbidden =
    /uni\.(request|getStorageSync|setStorageSync|setStorage|requestPayment|login|vibrateShort|chooseAddress|getClipboardData|previewImage|showToast|showModal)\b/g;
  const found = files
    .filter((file) => /\.(ts|vue)$/.test(file) && !name(file).startsWith('platform/'))
    .flatMap((file) => [...text(file).matchAll(forbidden)].map((match) => `${name(file)}: ${match[0]}`));
  expect(found).toEqual([]);
});
