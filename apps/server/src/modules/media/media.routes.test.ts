import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Permission } from '@xiaopu/contracts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createFixedClock } from '../../platform/clock.ts';
import { createApp } from '../../platform/http/app.ts';
import { newId } from '../../platform/ids.ts';
import { createLogger } from '../../platform/logger.ts';
import { createPolicies } from '../../platform/policy.ts';
import { createFolderStorage, createMedia, mediaRoutes } from './index.ts';

const shopId = newId();
const buyerId = newId();
const consoleHeaders = { 'x-requested-with': 'xiaopu-console' };

function form(bytes: Uint8Array, name = 'a.png', field = 'file') {
  const edge = '----edge';
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${edge}` },
    payload: Buffer.concat([
      Buffer.from(
        `--${edge}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: image/png\r\n\r\n`,
      ),
      bytes,
      Buffer.from(`\r\n--${edge}--\r\n`),
    ]),
  };
}

describe('media routes', () => {
  let database: TestDatabase;
  let folder: string;
  let app: Awaited<ReturnType<typeof createApp>>;
  let picture: Buffer;
  let who: 'nobody' | 'guest' | 'member' = 'member';
  let permissions: Permission[] | undefined = ['media.write'];
  const audited: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'xiaopu-media-routes-'));
    const clock = createFixedClock('2026-11-22T00:00:00Z');
    const log = createLogger('silent');
    const media = createMedia({
      database,
      clock,
      log,
      policies: createPolicies({ database, clock }),
      storage: createFolderStorage(folder),
      previewSecret: 's',
    });
    app = await createApp({
      log,
      version: 'test',
      rateLimitPerMinute: 0,
      authenticators: {
        buyer: async () => (who === 'nobody' ? undefined : { buyerId, isGuest: who === 'guest' }),
        staff: async () => permissions && { staffId: newId(), name: '店员', shopId, permissions: new Set(permissions) },
      },
    });
    await mediaRoutes(app, { media, database, audit: async (_tx, { action }) => void audited.push(action) });
    await app.ready();
    picture = await sharp({ create: { width: 900, height: 900, channels: 3, background: '#884422' } })
      .png()
      .toBuffer();
  });
  afterAll(async () => {
    await app.close();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });
  const count = async () => (await database.db.selectFrom('media.asset').select('mediaId').execute()).length;

  it('201 for a member’s picture, which only its signed address shows', async () => {
    who = 'member';
    const reply = await app.inject({ method: 'POST', url: '/api/media', ...form(picture) });
    expect(reply.statusCode).toBe(201);
    const { picture: shown } = reply.json();
    const signed = await app.inject(shown.webp.w320);
    expect([signed.statusCode, signed.headers['content-type'], signed.headers['cache-control']]).toEqual([
      200,
      'image/webp',
      'private, no-store',
    ]);
    const open = await app.inject(shown.webp.w320.split('?')[0]);
    expect([open.statusCode, open.json().error.code]).toEqual([404, 'media.not_found']);
  });

  it.each([
    ['nobody', 'identity.session_required'],
    ['guest', 'identity.login_required'],
  ] as const)('401 for %s, and nothing is kept', async (buyer, code) => {
    who = buyer;
    const before = await count();
    const reply = await app.inject({ method: 'POST', url: '/api/media', ...form(picture) });
    expect([reply.statusCode, reply.json().error.code, await count()]).toEqual([401, code, before]);
  });

  it.each([
    [
      'no multipart',
      { headers: { 'content-type': 'application/json' }, payload: Buffer.from('{}') },
      400,
      'media.file_missing',
    ],
    ['an empty file', form(Buffer.alloc(0)), 400, 'media.file_missing'],
    ['an SVG', form(Buffer.from('<svg/>'), 'a.png'), 422, 'media.type_refused'],
    ['a broken picture', form(Buffer.from([0xff, 0xd8, 0xff, 0, 1, 2])), 422, 'media.picture_broken'],
    ['more than the limit', form(Buffer.alloc(6 * 1024 * 1024, 1)), 413, 'media.file_too_large'],
  ])('refuses %s', async (_name, request, status, code) => {
    who = 'member';
    const before = await count();
    const reply = await app.inject({ method: 'POST', url: '/api/media', ...request });
    expect([reply.statusCode, reply.json().error.code, await count()]).toEqual([status, code, before]);
  });

  it('201 for staff: in the library, audited, served for ever with ETag and right types', async () => {
    permissions = ['media.write'];
    const sent = form(picture, '主图.png');
    const reply = await app.inject({
      method: 'POST',
      url: '/api/console/media',
      headers: { ...sent.headers, ...consoleHeaders },
      payload: sent.payload,
    });
    expect(reply.statusCode).toBe(201);
    expect(audited).toEqual(['media.upload']);
    const list = await app.inject('/api/console/media?page=1&pageSize=10');
    expect(list.json()).toMatchObject({
      total: 1,
      page: 1,
      pageSize: 10,
      items: [{ mediaId: reply.json().mediaId, name: '主图.png' }],
    });
    const { picture: shown } = reply.json();
    const jpeg = await app.inject(shown.url);
    expect([jpeg.statusCode, jpeg.headers['content-type'], jpeg.headers['cache-control']]).toEqual([
      200,
      'image/jpeg',
      'public, max-age=31536000, immutable',
    ]);
    expect((await sharp(jpeg.rawPayload).metadata()).width).toBe(750);
    const again = await app.inject({ url: shown.url, headers: { 'if-none-match': String(jpeg.headers.etag) } });
    expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0]);
  });

  it('401 and 403 in the console, without the header too, and nothing is kept', async () => {
    const before = await count();
    const codes: unknown[] = [];
    const send = async (headers: Record<string, string>) => {
      const sent = form(picture);
      const reply = await app.inject({
        method: 'POST',
        url: '/api/console/media',
        headers: { ...sent.headers, ...headers },
        payload: sent.payload,
      });
      codes.push([reply.statusCode, reply.json().error.code]);
    };
    permissions = ['catalog.read'];
    await send(consoleHeaders);
    expect((await app.inject('/api/console/media')).statusCode).toBe(403);
    permissions = undefined;
    await send(consoleHeaders);
    expect((await app.inject('/api/console/media')).statusCode).toBe(401);
    permissions = ['media.write'];
    await send({});
    expect(codes).toEqual([
      [403, 'identity.permission_missing'],
      [401, 'identity.staff_login_required'],
      [403, 'identity.cross_site_refused'],
    ]);
    expect(await count()).toBe(before);
  });

  it.each([
    [`/media/${'0'.repeat(32)}/320.webp`, 404],
    [`/media/${'0'.repeat(32)}/640.webp`, 404],
    ['/media/..%2f..%2fetc/320.webp', 400],
    ['/api/console/media?page=0', 400],
  ])('%s answers %i', async (url, status) => {
    permissions = ['media.write'];
    expect((await app.inject(url)).statusCode).toBe(status);
  });
});
