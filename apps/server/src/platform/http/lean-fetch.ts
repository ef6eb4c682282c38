/**
 * `fetch` for calls between servers, over kept-alive node:http(s) connections: a fraction of the CPU of the built-in one.
 * Narrow on purpose: a text body or none, a redirect is an error, compressed replies are not asked for.
 */
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

// Shorter than servers keep an idle connection, so that none is used that is just being closed.
const kept = { keepAlive: true, timeout: 3_000 };
const agents = { 'http:': new HttpAgent(kept), 'https:': new HttpsAgent(kept) };

export const leanFetch = ((input: URL | string, init: RequestInit = {}): Promise<Response> => {
  const url = new URL(input);
  const isSecure = url.protocol === 'https:';
  const { method = 'GET', headers = {}, body, signal } = init;
  const text = typeof body === 'string' ? body : undefined;
  return new Promise((done, fail) => {
    const request: ClientRequest = (isSecure ? httpsRequest : httpRequest)(
      url,
      {
        method,
        agent: agents[isSecure ? 'https:' : 'http:'],
        headers: {
          ...(headers as Record<string, string>),
          ...(text === undefined ? {} : { 'content-length': Buffer.byteLength(text) }),
        },
      },
      (reply) => collect(reply).then(done, fail),
    );
    const abort = () => request.destroy(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    request.once('close', () => signal?.removeEventListener('abort', abort));
    request.once('error', fail);
    request.end(text);
  });
}) as typeof fetch;

async function collect(reply: IncomingMessage): Promise<Response> {
  const status = reply.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    reply.resume();
    throw new TypeError('unexpected redirect');
  }
  const chunks: Buffer[] = [];
  for await (const chunk of reply) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const text = () => Promise.resolve(body.toString('utf8'));
  const header = (name: string) => {
    const value = reply.headers[name.toLowerCase()];
    return value === undefined ? null : String(value);
  };
  // What our callers look at of a Response, without building one.
  const seen = {
    status,
    ok: status >= 200 && status < 300,
    headers: { get: header, has: (name: string) => header(name) !== null },
    text,
    json: async () => JSON.parse(await text()) as unknown,
    arrayBuffer: async () => body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength),
  };
  return seen as unknown as Response;
}
