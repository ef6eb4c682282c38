import { describe, expect, it } from 'vitest';
import { contentHash, createToPicture, isPreviewKey, isVariant, previewQuery, sniffType } from './media.domain.ts';

const ref = {
  mediaId: '019b0000-0000-7000-8000-000000000001',
  hash: 'a'.repeat(32),
  width: 800,
  height: 600,
  alt: '杯',
};

describe('picture rules', () => {
  it('tells types by their first bytes', () => {
    const cases: [number[] | string, string | undefined][] = [
      [[0xff, 0xd8, 0xff, 0xe0], 'image/jpeg'],
      [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 'image/png'],
      ['RIFF\0\0\0\0WEBP', 'image/webp'],
      ['GIF89a', 'image/gif'],
      ['<svg xmlns="http://www.w3.org/2000/svg"/>', undefined],
      ['RIFF\0\0\0\0WAVE', undefined],
      ['MZ', undefined],
      ['', undefined],
    ];
    expect(
      cases.map(([bytes]) =>
        sniffType(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Uint8Array.from(bytes)),
      ),
    ).toEqual(cases.map(([, type]) => type));
  });

  it('C04-TECH-13 makes addresses with the CDN base and the content hash', () => {
    expect(createToPicture('https://cdn.example.com')(ref)).toEqual({
      mediaId: ref.mediaId,
      url: `https://cdn.example.com/media/${ref.hash}/750.jpg`,
      webp: {
        w320: `https://cdn.example.com/media/${ref.hash}/320.webp`,
        w750: `https://cdn.example.com/media/${ref.hash}/750.webp`,
        w1080: `https://cdn.example.com/media/${ref.hash}/1080.webp`,
      },
      width: 800,
      height: 600,
      alt: '杯',
    });
    expect(createToPicture('')(ref).url).toBe(`/media/${ref.hash}/750.jpg`);
  });

  it('hashes equal bytes apart by owner', () => {
    expect(contentHash('x', 'buyer 1')).toMatch(/^[0-9a-f]{32}$/);
    expect(contentHash('x', 'buyer 1')).toBe(contentHash('x', 'buyer 1'));
    expect(contentHash('x', 'buyer 1')).not.toBe(contentHash('x', 'buyer 2'));
  });

  it('signs previews per picture and per install', () => {
    const key = previewQuery('secret')(ref.hash).slice('?key='.length);
    expect(isPreviewKey('secret', ref.hash, key)).toBe(true);
    expect(isPreviewKey('secret', 'b'.repeat(32), key)).toBe(false);
    expect(isPreviewKey('other', ref.hash, key)).toBe(false);
    expect(isPreviewKey('secret', ref.hash, '')).toBe(false);
  });

  it('knows its variants and nothing else', () => {
    expect(['320.webp', '750.webp', '1080.webp', '750.jpg', '640.webp', 'toString', '../x'].map(isVariant)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
