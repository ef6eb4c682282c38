import { createHash, createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '#platform/logger.ts';
import { createOutsideCalls } from '#platform/outside-call.ts';
import { outsideServices } from '../../main/outside-services.ts';
import { createS3Storage } from './media.s3.storage.ts';

const keys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'cn-hangzhou',
};

/** As strict as S3 on what it checks: the signature over method, path, query, signed headers and body hash. */
function signatureOf(request: {
  method?: string;
  url?: string;
  headers: Record<string, string | string[] | undefined>;
}): string {
  const authorization = String(request.headers.authorization);
  const [, scope = '', signedHeaders = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  const [date = '', region = '', service = ''] = scope.split('/');
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const canonical = [
    request.method,
    path,
    query,
    ...signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signedHeaders,
    request.headers['x-amz-content-sha256'],
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, hash].join('\n');
  const hmac = (key: string | Buffer, value: string) => createHmac('sha256', key).update(value).digest();
  const signing = [region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => hmac(key, part),
    hmac(`AWS4${keys.secretAccessKey}`, date),
  );
  return createHmac('sha256', signing).update(text).digest('hex');
}

describe('S3-compatible storage', () => {
  let server: Server;
  let endpoint: string;
  let failures = 0;
  const objects = new Map<string, { body: Buffer; type: string | undefined }>();

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const given = /Signature=([0-9a-f]+)/.exec(String(request.headers.authorization))?.[1];
      if (failures > 0) {
        failures -= 1;
        return response.writeHead(503).end();
      }
      if (given !== signatureOf(request)) return response.writeHead(403).end('<Code>SignatureDoesNotMatch</Code>');
      const path = request.url ?? '';
      if (!path.startsWith('/pictures/')) return response.writeHead(404).end('<Code>NoSuchBucket</Code>');
      if (request.method === 'PUT') {
        objects.set(path, { body, type: request.headers['content-type'] });
        return response.writeHead(200).end();
      }
      const found = objects.get(path);
      return found
        ? response.writeHead(200, { 'content-type': found.type ?? '' }).end(found.body)
        : response.writeHead(404).end('<Code>NoSuchKey</Code>');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((done) => server.close(done)));

  it('puts and gets by Signature Version 4, and knows what is absent', async () => {
    const storage = createS3Storage({ endpoint, bucket: 'pictures', ...keys });
    await storage.put('variant/ab/abc/320.webp', Buffer.from('bytes'), 'image/webp');
    expect(objects.get('/pictures/variant/ab/abc/320.webp')).toEqual({
      body: Buffer.from('bytes'),
      type: 'image/webp',
    });
    expect(Buffer.from((await storage.get('variant/ab/abc/320.webp')) as Uint8Array).toString()).toBe('bytes');
    expect(await storage.get('variant/ab/none')).toBeUndefined();
  });

  it('asks again when the store is busy', async () => {
    failures = 1;
    const calls = createOutsideCalls({ log: createLogger('silent') });
    const send = calls.guard(outsideServices.objects, fetch);
    const storage = createS3Storage({ endpoint, bucket: 'pictures', ...keys }, send);
    await storage.put('again', Buffer.from('x'), 'image/webp');
    expect(failures).toBe(0);
    expect(objects.has('/pictures/again')).toBe(true);
  });

  it.each([
    ['a wrong key', { secretAccessKey: 'wrong' }, 'status 403'],
    ['an absent bucket', { bucket: 'elsewhere' }, 'no such bucket'],
  ])('says the store is unavailable on %s', async (_name, change, reason) => {
    const storage = createS3Storage({ endpoint, bucket: 'pictures', ...keys, ...change });
    await expect(storage.put('x', Buffer.from('x'), 'image/webp')).rejects.toMatchObject({
      code: 'media.storage_unavailable',
      kind: 'unavailable',
      details: { reason },
    });
  });
});
