/** Reads the barcode of a photograph, on the phone: the picture goes nowhere. By the browser where it can, else by ZXing. */
import BarcodeFormat from '@zxing/library/esm/core/BarcodeFormat';
import BinaryBitmap from '@zxing/library/esm/core/BinaryBitmap';
import HybridBinarizer from '@zxing/library/esm/core/common/HybridBinarizer';
import DecodeHintType from '@zxing/library/esm/core/DecodeHintType';
import MultiFormatOneDReader from '@zxing/library/esm/core/oned/MultiFormatOneDReader';
import RGBLuminanceSource from '@zxing/library/esm/core/RGBLuminanceSource';

interface Detector {
  detect(image: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}
const formats = ['ean_13', 'ean_8', 'upc_a', 'code_128'];

async function byBrowser(image: HTMLImageElement): Promise<string | undefined> {
  const Native = (window as { BarcodeDetector?: new (options: { formats: string[] }) => Detector }).BarcodeDetector;
  if (!Native) return undefined;
  const found = await new Native({ formats }).detect(image).catch(() => []);
  return found[0]?.rawValue;
}

/** Photographs are large and seldom straight: several sizes, each way up. */
const widths = [1_000, 640, 1_600];
const turns = [0, 90];

function byZxing(image: HTMLImageElement): string | undefined {
  const hints = new Map<DecodeHintType, unknown>([
    [
      DecodeHintType.POSSIBLE_FORMATS,
      [BarcodeFormat.EAN_13, BarcodeFormat.EAN_8, BarcodeFormat.UPC_A, BarcodeFormat.CODE_128],
    ],
    [DecodeHintType.TRY_HARDER, true],
  ]);
  const canvas = document.createElement('canvas');
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  if (!brush) return undefined;
  for (const width of widths) {
    const scale = Math.min(1, width / image.naturalWidth);
    const [wide, high] = [Math.round(image.naturalWidth * scale), Math.round(image.naturalHeight * scale)];
    for (const turn of turns) {
      [canvas.width, canvas.height] = turn === 0 ? [wide, high] : [high, wide];
      brush.translate(canvas.width / 2, canvas.height / 2);
      brush.rotate((turn * Math.PI) / 180);
      brush.drawImage(image, -wide / 2, -high / 2, wide, high);
      const { data } = brush.getImageData(0, 0, canvas.width, canvas.height);
      const grey = new Uint8ClampedArray(canvas.width * canvas.height);
      for (let at = 0; at < grey.length; at += 1)
        grey[at] = ((data[at * 4] ?? 0) + 2 * (data[at * 4 + 1] ?? 0) + (data[at * 4 + 2] ?? 0)) / 4;
      try {
        const source = new RGBLuminanceSource(grey, canvas.width, canvas.height);
        return new MultiFormatOneDReader(hints).decode(new BinaryBitmap(new HybridBinarizer(source)), hints).getText();
      } catch {
        // nothing to read at this size: the next one
      }
    }
  }
  return undefined;
}

export async function readBarcode(url: string): Promise<string | undefined> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return (await byBrowser(image)) ?? byZxing(image);
}
