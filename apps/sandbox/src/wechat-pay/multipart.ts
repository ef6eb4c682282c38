import { parseJsonObject } from '../platform/raw-body.ts';
import { parameterError } from './errors.ts';

/** A picture and its `meta`, as the merchant sends them; bytes are kept as latin1, so that none is lost in a string. */
export interface SentPicture {
  meta: Record<string, unknown>;
  /** Exactly what was signed. */
  metaText: string;
  file: string;
  type: string;
}

export const isMultipart = (contentType: string | undefined): boolean =>
  /^multipart\/form-data/i.test(contentType ?? '');

export function parsePicture(contentType: string | undefined, body: string): SentPicture {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType ?? '')?.[1];
  if (!boundary) throw parameterError('Content-Type中缺少boundary');
  const parts = new Map<string, { headers: string; content: string }>();
  for (const part of body.split(`--${boundary}`)) {
    const at = part.indexOf('\r\n\r\n');
    const name = /name="?([^";\r\n]+)"?/i.exec(part.slice(0, Math.max(0, at)))?.[1];
    if (name) parts.set(name, { headers: part.slice(0, at), content: part.slice(at + 4).replace(/\r\n$/, '') });
  }
  const [sent, file] = [parts.get('meta'), parts.get('file')];
  if (!sent || !file) throw parameterError('缺少meta或file');
  const metaText = Buffer.from(sent.content, 'latin1').toString('utf8');
  const meta = parseJsonObject(metaText);
  if (!meta) throw parameterError('meta不是JSON格式');
  const type = /content-type:\s*([^\r\n]+)/i.exec(file.headers)?.[1]?.trim() ?? 'application/octet-stream';
  return { meta, metaText, file: file.content, type };
}
