import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { buildCatalogue } from '../catalogue/build.ts';
import { drawPicture } from './draw.ts';
import { families } from './families/index.ts';
import { categoryIcons } from './icons.ts';

const catalogue = buildCatalogue();

/** Parses and renders strictly; answers how many clearly different colours the picture has. */
async function coloursOf(svg: string): Promise<number> {
  const { data, info } = await sharp(Buffer.from(svg), { failOn: 'warning' })
    .resize(96, 96, { fit: 'inside' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const seen = new Set<number>();
  for (let at = 0; at < data.length; at += info.channels) {
    seen.add((((data[at] ?? 0) >> 4) << 8) | (((data[at + 1] ?? 0) >> 4) << 4) | ((data[at + 2] ?? 0) >> 4));
  }
  return seen.size;
}

describe('every shape', () => {
  for (const name of Object.keys(families)) {
    const spu = catalogue.spus.find(({ look }) => look.family === name);
    if (!spu) continue;
    it(`${name} renders in its gallery views as more than a flat ground`, async () => {
      for (const picture of spu.pictures) {
        const svg = drawPicture(catalogue, picture.key);
        expect(svg).not.toMatch(/NaN|undefined|Infinity/);
        expect(await coloursOf(svg), picture.key).toBeGreaterThan(12);
      }
    });
  }
});

it('draws a different picture for each view and each colour', () => {
  const spu = catalogue.spus.find(({ look }) => look.family === 'mug');
  const views = (spu?.pictures ?? []).map(({ key }) => drawPicture(catalogue, key));
  expect(views).toHaveLength(5);
  expect(new Set(views).size).toBe(5);
  const colours = [...new Set(spu?.skus.map(({ picture }) => picture.key))];
  expect(colours.length).toBeGreaterThan(1);
  expect(new Set(colours.map((key) => drawPicture(catalogue, key))).size).toBe(colours.length);
});

it('draws the same picture each time', () => {
  for (const spu of catalogue.spus.slice(0, 20)) {
    const key = spu.pictures[3]?.key ?? '';
    expect(drawPicture(catalogue, key)).toBe(drawPicture(catalogue, key));
  }
});

it('can draw every key the catalogue mentions, without text, links or pictures from elsewhere', () => {
  const keys = new Set([
    ...catalogue.spus.flatMap((spu) => [
      ...spu.pictures.map(({ key }) => key),
      ...spu.skus.map(({ picture }) => picture.key),
      ...spu.detail.flatMap((block) => (block.kind === 'picture' ? [block.picture.key] : [])),
      ...(spu.videoPoster ? [spu.videoPoster.key] : []),
    ]),
    ...catalogue.categories.map(({ picture }) => picture.key),
    ...catalogue.banners.map(({ picture }) => picture.key),
    ...catalogue.shops.flatMap(({ logo, cover }) => [logo.key, cover.key]),
    ...catalogue.stores.map(({ cover }) => cover.key),
    ...catalogue.reviews.flatMap(({ avatar, pictures }) => [avatar.key, ...pictures.map(({ key }) => key)]),
  ]);
  for (const key of keys) expect(drawPicture(catalogue, key), key).not.toMatch(/<text|<image|href=|NaN|undefined/);
});

it('renders house pictures: banners 16:7, category grounds clear at the corners, logos, stores, avatars', async () => {
  for (const { picture } of catalogue.banners) {
    const { width = 0, height = 1 } = await sharp(Buffer.from(drawPicture(catalogue, picture.key))).metadata();
    expect(width / height).toBeCloseTo(16 / 7, 2);
  }
  for (const { picture } of catalogue.categories) {
    const { data } = await sharp(Buffer.from(drawPicture(catalogue, picture.key)))
      .resize(60)
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(data[3]).toBe(0);
  }
  for (const key of ['shop/yishe/logo', 'shop/qinghe/cover', 'store/xihu', 'avatar/3'])
    expect(await coloursOf(drawPicture(catalogue, key))).toBeGreaterThan(8);
});

it('refuses a key it does not know', () => {
  expect(() => drawPicture(catalogue, 'spu/none/front')).toThrow('no product called none');
  expect(() => drawPicture(catalogue, 'poster/x')).toThrow('no picture called poster/x');
});

it('has a one-colour line icon for each level-1 category', async () => {
  const wanted = catalogue.categories.filter(({ level }) => level === 1).map(({ icon }) => icon);
  expect(Object.keys(categoryIcons).sort()).toEqual([...wanted].sort());
  for (const svg of Object.values(categoryIcons)) {
    expect(svg).toContain('viewBox="0 0 24 24"');
    expect(svg).toContain('stroke-width="1.75"');
    await sharp(Buffer.from(svg)).png().toBuffer();
  }
});
