import type { FastifyInstance } from 'fastify';

/** Signatures cover the exact bytes sent, so the twins take every body as text and parse it themselves. */
export function takeBodiesAsText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // Bytes of a picture survive in a string of their own values only.
  app.addContentTypeParser(/^multipart\//, { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, (body as Buffer).toString('latin1')),
  );
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

export const bodyText = (body: unknown): string => (typeof body === 'string' ? body : '');

/** A JSON object, or undefined for anything else. */
export function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
