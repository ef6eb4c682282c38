/** A QR code as rows of 0 and 1: every client can draw it, none needs an encoder. */
import { create } from 'qrcode';

export function qrRows(text: string): string[] {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules;
  return Array.from({ length: size }, (_row, y) =>
    Array.from({ length: size }, (_cell, x) => (data[y * size + x] ? '1' : '0')).join(''),
  );
}
