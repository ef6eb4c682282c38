import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createFixedClock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { createLogger } from '../../platform/logger.ts';
import { createPolicies } from '../../platform/policy.ts';
import { createQueue } from './media.queue.ts';
import { createMedia, type Media } from './media.service.ts';
import { createFolderStorage, type ObjectStorage } from './media.storage.ts';

const buyer = newId();
const shop = newId();

const png = (width = 1200, height = 900) =>
  sharp({ create: { width, height, channels: 3, background: '#c86432' } })
    .png()
    .toBuffer();

/** A PNG whose header promises more than its body has. */
function bomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (name: string, body: Buffer) => {
    const typed = Buffer.concat([Buffer.from(name), body]);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(body.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(typed));
    return Buffer.concat([size, typed, sum]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.from([0x78, 0x9c, 3, 0, 0, 0, 0, 1])),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('media', () => {
  let database: TestDatabase;
  let folder: string;
  let media: Media;
  const drawn: string[] = [];
  const writes: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'xiaopu-media-'));
    const clock = createFixedClock('2026-11-22T00:00:00Z');
    const kept = createFolderStorage(folder);
    const storage: ObjectStorage = {
      put: (key, bytes, type) => {
        writes.push(key);
        return kept.put(key, bytes, type);
      },
      get: (key) => kept.get(key),
    };
    media = createMedia({
      database,
      clock,
      log: createLogger('silent'),
      policies: createPolicies({ database, clock }),
      storage,
      previewSecret: 's',
      draw: async (mediaId) => {
        drawn.push(mediaId);
        return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100"><rect width="100" height="100" fill="#0a0"/></svg>';
      },
    });
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await database.db.deleteFrom('media.asset').execute();
    writes.length = 0;
  });
  const countAssets = async () => (await database.db.selectFrom('media.asset').select('mediaId').execute()).length;
  const upload = (bytes: Uint8Array, name = 'a.png') => media.uploadByStaff(shop, { bytes, name });

  it('C05-PERF-05 makes WebP variants and a JPEG of an uploaded PNG, never larger than it was', async () => {
    const { hash, width, height } = await upload(await png(900, 600));
    expect({ width, height }).toEqual({ width: 900, height: 600 });
    const made = await Promise.all(
      (['320.webp', '750.webp', '1080.webp', '750.jpg'] as const).map(async (name) => {
        const { format, width: w, height: h } = await sharp(await media.variant(hash, name)).metadata();
        return [name, format, w, h];
      }),
    );
    expect(made).toEqual([
      ['320.webp', 'webp', 320, 213],
      ['750.webp', 'webp', 750, 500],
      ['1080.webp', 'webp', 900, 600],
      ['750.jpg', 'jpeg', 750, 500],
    ]);
  });

  it('C04-TECH-12 removes EXIF, and turns the picture the way its EXIF said', async () => {
    const photo = await sharp({ create: { width: 400, height: 200, channels: 3, background: '#336699' } })
      .jpeg()
      .withExif({ IFD0: { Copyright: 'Someone', Artist: 'Private Person' }, IFD3: { GPSLatitudeRef: 'N' } })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    expect((await sharp(photo).metadata()).exif).toBeDefined();
    const { hash, width, height } = await upload(photo, 'photo.jpg');
    expect({ width, height }).toEqual({ width: 200, height: 400 });
    const originals = await readdir(join(folder, 'original', hash.slice(0, 2)));
    const stored = await createFolderStorage(folder).get(
      `original/${hash.slice(0, 2)}/${originals.find((name) => name === hash)}`,
    );
    const { exif, orientation } = await sharp(stored as Uint8Array).metadata();
    expect({ exif, orientation }).toEqual({ exif: undefined, orientation: undefined });
    expect(Buffer.from(stored as Uint8Array).includes('Private Person')).toBe(false);
    const shown = await sharp(await media.variant(hash, '320.webp')).metadata();
    expect(shown.exif).toBeUndefined();
  });

  it('keeps the first frame of an animation', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#0000ff'].map((background) =>
        sharp({ create: { width: 40, height: 40, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await sharp(gif).metadata()).pages).toBe(2);
    const { hash, height } = await upload(gif, 'a.gif');
    expect(height).toBe(40);
    const { dominant } = await sharp(await media.variant(hash, '750.jpg')).stats();
    expect(dominant.r).toBeGreaterThan(200);
    expect(dominant.b).toBeLessThan(60);
  });

  it('C04-TECH-12 refuses what is no picture, is broken, too large or a dimension bomb, and keeps nothing of it', async () => {
    const broken = (await png()).subarray(0, 300);
    const cases: [string, Uint8Array, string][] = [
      [
        'svg',
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        'media.type_refused',
      ],
      ['renamed', Buffer.from('MZ not a picture'), 'media.type_refused'],
      ['broken', broken, 'media.picture_broken'],
      ['bomb', bomb(60_000, 60_000), 'media.dimensions_refused'],
      ['large', Buffer.concat([await png(), Buffer.alloc(11 * 1024 * 1024)]), 'media.file_too_large'],
    ];
    const codes = [];
    for (const [, bytes] of cases)
      codes.push(
        await upload(bytes).then(
          () => 'taken',
          (error: { code: string }) => error.code,
        ),
      );
    expect(codes).toEqual(cases.map(([, , code]) => code));
    expect(await countAssets()).toBe(0);
    expect(writes).toEqual([]);
  });

  it('drops what was appended to a picture', async () => {
    const { hash } = await upload(Buffer.concat([await png(), Buffer.from('<?php system($_GET[0]);')]));
    const stored = await createFolderStorage(folder).get(`original/${hash.slice(0, 2)}/${hash}`);
    expect(Buffer.from(stored as Uint8Array).includes('<?php')).toBe(false);
  });

  it('takes the same bytes of one owner once, of two owners apart', async () => {
    const bytes = await png();
    const first = await upload(bytes);
    const again = await upload(bytes);
    const other = await media.uploadByStaff(newId(), { bytes, name: 'a.png' });
    expect(again.mediaId).toBe(first.mediaId);
    expect(other.mediaId).not.toBe(first.mediaId);
    expect(other.hash).not.toBe(first.hash);
    expect(await countAssets()).toBe(2);
  });

  it("C04-TECH-12 hides a buyer's picture until it is passed, and for good when it is rejected", async () => {
    const stored = await media.uploadByBuyer(buyer, { bytes: await png(), name: 'a.png' });
    const { hash } = stored.ref;
    const key = stored.picture.webp.w320.split('?key=')[1];
    const look = (given?: string) =>
      media.variant(hash, '320.webp', given).then(
        () => 'seen',
        (error: { code: string }) => error.code,
      );
    expect(await look()).toBe('media.not_found');
    expect(await look('forged-forged-forged-1')).toBe('media.not_found');
    expect(await look(key)).toBe('seen');
    expect(await look()).toBe('media.not_found');
    await database.inTransaction((tx) => media.decide(tx, [stored.mediaId], 'passed'));
    expect(await look()).toBe('seen');
    await database.inTransaction((tx) => media.decide(tx, [stored.mediaId], 'rejected'));
    expect([await look(), await look(key)]).toEqual(['media.not_found', 'media.not_found']);
  });

  it('a shop uses its own and the install’s pictures; a buyer only his own', async () => {
    const own = await upload(await png());
    const others = await media.uploadByStaff(newId(), { bytes: await png(), name: 'b.png' });
    const bought = await media.uploadByBuyer(buyer, { bytes: await png(), name: 'c.png' });
    const drawnId = newId();
    await database.inTransaction((tx) =>
      media.addDrawings(tx, [
        {
          mediaId: drawnId,
          width: 10,
          height: 10,
          alt: '画',
        },
      ]),
    );
    const ids = [own.mediaId, others.mediaId, bought.mediaId, drawnId];
    expect([...(await media.refsForShop(database.db, shop, ids)).keys()].sort()).toEqual([own.mediaId, drawnId].sort());
    expect([...(await media.refsForBuyer(database.db, buyer, ids)).keys()]).toEqual([bought.mediaId]);
    expect((await media.refsForBuyer(database.db, newId(), ids)).size).toBe(0);
    expect((await media.libraryPage(database.db, shop, 1, 20)).total).toBe(1);
  });

  it('renders a drawing when first asked for, once for fifty at a time, and then from the store', async () => {
    const mediaId = newId();
    const refs = await database.inTransaction((tx) =>
      media.addDrawings(tx, [{ mediaId, width: 100, height: 100, alt: '画' }]),
    );
    const hash = refs.get(mediaId)?.hash ?? '';
    expect([writes, drawn]).toEqual([[], []]);
    const all = await Promise.all(Array.from({ length: 50 }, () => media.variant(hash, '750.webp')));
    expect(new Set(all.map((bytes) => Buffer.from(bytes).toString('base64'))).size).toBe(1);
    expect(writes).toEqual([`variant/${hash.slice(0, 2)}/${hash}/750.webp`]);
    expect((await sharp(all[0] as Uint8Array).metadata()).width).toBe(750);
    await media.variant(hash, '750.webp');
    expect(writes).toHaveLength(1);
    expect(drawn).toEqual([mediaId]);
    expect(await media.warm([...refs.values()])).toBe(2);
    expect(writes).toHaveLength(2);
  });

  it('a queue runs no more than its limit at once, and urgent work before idle', async () => {
    const enqueue = createQueue(2);
    let running = 0;
    let most = 0;
    const order: string[] = [];
    const work = (name: string) => async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((done) => setTimeout(done, 2));
      order.push(name);
      running -= 1;
    };
    await Promise.all([
      ...['a', 'b'].map((name) => enqueue(work(name))),
      ...['idle 1', 'idle 2'].map((name) => enqueue(work(name), 'idle')),
      ...['c', 'd', 'e'].map((name) => enqueue(work(name))),
    ]);
    expect(most).toBe(2);
    expect(order.slice(-2)).toEqual(['idle 1', 'idle 2']);
  });
});
