/** What a picture may be and how its addresses are made. Pure. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Picture } from '@xiaopu/contracts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import { definePolicy } from '#platform/policy.ts';

export const buyerUploadMegabytes = definePolicy({
  key: 'media.buyer_upload_megabytes',
  scope: 'install',
  title: '买家图片大小上限',
  unit: 'MB',
  defaultValue: 5,
  minimum: 1,
  maximum: 20,
});
export const staffUploadMegabytes = definePolicy({
  key: 'media.staff_upload_megabytes',
  title: '商家图片大小上限',
  unit: 'MB',
  defaultValue: 10,
  minimum: 1,
  maximum: 50,
});
export const uploadMegapixels = definePolicy({
  key: 'media.upload_megapixels',
  scope: 'install',
  title: '图片像素上限',
  unit: '百万像素',
  defaultValue: 40,
  minimum: 4,
  maximum: 200,
});

/** Name in the URL → how it is made. The JPEG is for clients without WebP (C05-PERF-05). */
export const variants = {
  '320.webp': { width: 320, type: 'image/webp' },
  '750.webp': { width: 750, type: 'image/webp' },
  '1080.webp': { width: 1080, type: 'image/webp' },
  '750.jpg': { width: 750, type: 'image/jpeg' },
} as const;
export type VariantName = keyof typeof variants;
export const isVariant = (name: string): name is VariantName => Object.hasOwn(variants, name);

export type SourceType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif';

/** By its first bytes: a name or a declared type is only a claim (C04-TECH-12). SVG from outside can carry script. */
export function sniffType(bytes: Uint8Array): SourceType | undefined {
  const starts = (...magic: number[]) => magic.every((byte, index) => bytes[index] === byte);
  const ascii = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'image/webp';
  if (ascii(0, 6) === 'GIF87a' || ascii(0, 6) === 'GIF89a') return 'image/gif';
  return undefined;
}

/** The owner is part of it: one shopper's hidden upload must not be found through another's equal bytes. */
export const contentHash = (content: Uint8Array | string, owner: string): string =>
  createHash('sha256').update(`${owner}\n`).update(content).digest('hex').slice(0, 32);

export function createToPicture(baseUrl: string, sign: (hash: string) => string = () => ''): ToPicture {
  return ({ mediaId, hash, width, height, alt }: PictureRef): Picture => {
    const folder = `${baseUrl}/media/${hash}`;
    const key = sign(hash);
    return {
      mediaId,
      url: `${folder}/750.jpg${key}`,
      webp: { w320: `${folder}/320.webp${key}`, w750: `${folder}/750.webp${key}`, w1080: `${folder}/1080.webp${key}` },
      width,
      height,
      alt,
    };
  };
}

const previewKey = (secret: string, hash: string): string =>
  createHmac('sha256', secret).update(`preview ${hash}`).digest('base64url').slice(0, 22);
export const previewQuery =
  (secret: string) =>
  (hash: string): string =>
    `?key=${previewKey(secret, hash)}`;
export function isPreviewKey(secret: string, hash: string, given: string): boolean {
  const expected = Buffer.from(previewKey(secret, hash));
  const actual = Buffer.from(given);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
