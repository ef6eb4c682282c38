/** sharp: uploads are decoded once and written anew (no EXIF, no trailing bytes), variants are made from that. Runs in the
 * renderer's own process only, so that the shop never carries libvips' memory. */
import sharp from 'sharp';
import { sniffType, type VariantName, variants } from './media.domain.ts';
import { dimensionsRefused, pictureBroken, typeRefused } from './media.errors.ts';

// libvips would take every core for one picture; requests come first.
sharp.concurrency(1);
sharp.cache(false);

export interface NormalisedPicture {
  bytes: Buffer;
  contentType: string;
  width: number;
  height: number;
}

/** @throws when it is no picture, broken, or would unpack to more pixels than allowed */
export async function normalise(upload: Uint8Array, maxMegapixels: number): Promise<NormalisedPicture> {
  if (!sniffType(upload)) throw typeRefused();
  const limitInputPixels = maxMegapixels * 1_000_000;
  // The header is read before any pixel is unpacked: a small file may claim 60,000 × 60,000.
  const metadata = await sharp(upload, { limitInputPixels: false })
    .metadata()
    .catch(() => {
      throw pictureBroken();
    });
  if ((metadata.width ?? 0) * (metadata.height ?? 0) > limitInputPixels) throw dimensionsRefused({ maxMegapixels });
  // Only the first frame of an animation; rotate() bakes the EXIF orientation in before the EXIF goes.
  const image = sharp(upload, { limitInputPixels, failOn: 'error', pages: 1 }).rotate();
  const encoded = metadata.hasAlpha ? image.png() : image.jpeg({ quality: 92, mozjpeg: false });
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true }).catch(() => {
    throw pictureBroken();
  });
  return {
    bytes: data,
    contentType: metadata.hasAlpha ? 'image/png' : 'image/jpeg',
    width: info.width,
    height: info.height,
  };
}

export async function renderVariant(original: Uint8Array, name: VariantName): Promise<Buffer> {
  const { width, type } = variants[name];
  // A drawing scales without loss; a photograph is never blown up.
  const isDrawing = original[0] === 0x3c;
  const image = sharp(original, isDrawing ? { density: 72 * Math.min(2, width / 500) } : {}).resize({
    width,
    withoutEnlargement: !isDrawing,
  });
  return type === 'image/webp'
    ? image.webp({ quality: 78, effort: isDrawing ? 2 : 4 }).toBuffer()
    : image.flatten({ background: '#ffffff' }).jpeg({ quality: 80 }).toBuffer();
}

/** Rows of ink of one character at 100 px. */
async function inkRows(character: string): Promise<number> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="130"><rect width="120" height="130" fill="#fff"/>
<text x="10" y="100" font-size="100" font-family="sans-serif">${character}</text></svg>`;
  const { data, info } = await sharp(Buffer.from(svg)).greyscale().raw().toBuffer({ resolveWithObject: true });
  const row = info.width * info.channels;
  const rows = Array.from({ length: info.height }, (_, y) => data.subarray(y * row, (y + 1) * row));
  return rows.filter((line) => line.some((ink) => ink < 128)).length;
}

/**
 * Whether this machine has a font with Chinese in it: without one every word is a row of boxes, and no error says so. 一 is one
 * flat stroke and 口 a tall frame in every such font; a missing glyph looks the same for both.
 */
export async function drawsChinese(): Promise<boolean> {
  const [flat, tall] = [await inkRows('一'), await inkRows('口')];
  return flat > 0 && flat < 40 && tall > 50;
}
