import type { Picture } from '@xiaopu/contracts';
import { LRUCache } from 'lru-cache';
import { type Clock, minuteMs } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Logger } from '#platform/logger.ts';
import type { PictureRef } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import {
  buyerUploadMegabytes,
  contentHash,
  createToPicture,
  isPreviewKey,
  previewQuery,
  staffUploadMegabytes,
  uploadMegapixels,
  type VariantName,
  variants,
} from './media.domain.ts';
import { fileTooLarge, mediaNotFound } from './media.errors.ts';
import { createQueue } from './media.queue.ts';
import { createRenderer } from './media.renderer.ts';
import * as repository from './media.repository.ts';
import type { ObjectStorage } from './media.storage.ts';
import type { AssetRow } from './media.tables.ts';

export interface MediaDependencies {
  database: Database;
  clock: Clock;
  log: Logger;
  policies: Policies;
  storage: ObjectStorage;
  /** '' serves pictures from this host; a CDN in front of it otherwise (C04-TECH-13). */
  cdnBaseUrl?: string | undefined;
  /** Signs the addresses under which an unmoderated picture can be seen by its owner and the moderators. */
  previewSecret: string;
  /** Draws a picture of the install's own as SVG, when somebody first looks at it; undefined when it knows no such drawing. */
  draw?: (mediaId: string) => Promise<string | undefined>;
  /** Pictures rendered at once. */
  renderConcurrency?: number;
}

export interface StoredUpload {
  mediaId: string;
  ref: PictureRef;
  picture: Picture;
}

/** A picture that `draw` can make. */
export interface Drawing {
  mediaId: string;
  width: number;
  height: number;
  alt: string;
}

type Asset = Pick<AssetRow, 'mediaId' | 'origin' | 'hash'>;

const megabyte = 1024 * 1024;
const memoryBytes = 32 * megabyte;
const insertBatch = 400;
const passedTtlMs = 10 * minuteMs;

export type Media = ReturnType<typeof createMedia>;

export function createMedia({
  database,
  clock,
  log,
  policies,
  storage,
  cdnBaseUrl = '',
  previewSecret,
  draw = async () => undefined,
  renderConcurrency = 2,
}: MediaDependencies) {
  const enqueue = createQueue(renderConcurrency);
  const renderer = createRenderer();
  let hasChinese: Promise<boolean> | undefined;
  const rendering = new Map<string, Promise<Uint8Array>>();
  const hot = new LRUCache<string, Uint8Array>({
    maxSize: memoryBytes,
    sizeCalculation: (bytes) => bytes.byteLength + 100,
  });
  /** Hashes known to be free for anyone: saves a look-up a picture. A verdict in another process counts after the TTL. */
  const passed = new LRUCache<string, true>({ max: 50_000, ttl: passedTtlMs });
  const toPicture = createToPicture(cdnBaseUrl);
  // Never by the CDN: it would keep what must stay hidden.
  const toPreview = createToPicture('', previewQuery(previewSecret));

  const originalKey = (hash: string) => `original/${hash.slice(0, 2)}/${hash}`;
  const variantKey = (hash: string, name: string) => `variant/${hash.slice(0, 2)}/${hash}/${name}`;
  const toRef = (
    asset: Pick<AssetRow, 'mediaId' | 'hash' | 'width' | 'height' | 'name'>,
    alt = asset.name,
  ): PictureRef => ({
    mediaId: asset.mediaId,
    hash: asset.hash,
    width: asset.width,
    height: asset.height,
    alt,
  });

  async function originalOf({ mediaId, origin, hash }: Asset): Promise<Uint8Array | undefined> {
    if (origin === 'upload') return storage.get(originalKey(hash));
    const svg = await draw(mediaId);
    return svg === undefined ? undefined : Buffer.from(svg);
  }

  function render(asset: Asset, name: VariantName, priority: 'urgent' | 'idle'): Promise<Uint8Array> {
    const key = variantKey(asset.hash, name);
    const running = rendering.get(key);
    if (running) return running;
    const started = enqueue(async () => {
      const known = await storage.get(key);
      if (known) return known;
      const original = await originalOf(asset);
      if (!original) throw mediaNotFound();
      const bytes = await renderer.renderVariant(original, name);
      await storage.put(key, bytes, variants[name].type);
      return bytes;
    }, priority).finally(() => rendering.delete(key));
    rendering.set(key, started);
    return started;
  }

  async function upload(
    owner: { kind: 'shop' | 'buyer'; id: string },
    file: { bytes: Uint8Array; name: string },
    maxMegabytes: number,
  ): Promise<AssetRow> {
    if (file.bytes.byteLength > maxMegabytes * megabyte) throw fileTooLarge({ maxBytes: maxMegabytes * megabyte });
    const picture = await enqueue(() => renderer.normalise(file.bytes, policies.get(uploadMegapixels)));
    const hash = contentHash(picture.bytes, `${owner.kind} ${owner.id}`);
    // The bytes first: a row without its file would be a broken picture, a file without a row is only litter.
    await storage.put(originalKey(hash), picture.bytes, picture.contentType);
    return database.inTransaction((tx) =>
      repository.insertAsset(tx, {
        mediaId: newId(),
        hash,
        ownerKind: owner.kind,
        ownerId: owner.id,
        origin: 'upload',
        contentType: picture.contentType,
        width: picture.width,
        height: picture.height,
        bytes: picture.bytes.byteLength,
        name: file.name.replace(/[\p{Cc}/\\]/gu, '').slice(-80) || '图片',
        state: owner.kind === 'shop' ? 'passed' : 'pending',
        createdAt: clock.now(),
      }),
    );
  }

  const media = {
    toPicture,
    /** Signed addresses that show a picture still hidden; for its owner and for moderators only. */
    toPreview,

    limits: {
      buyerBytes: () => policies.get(buyerUploadMegabytes) * megabyte,
      staffBytes: (shopId: string) => policies.get(staffUploadMegabytes, shopId) * megabyte,
    },

    /** Stores a shopper's picture: hidden from everyone else until a moderator passes it (C04-TECH-12). */
    async uploadByBuyer(buyerId: string, file: { bytes: Uint8Array; name: string }): Promise<StoredUpload> {
      const asset = await upload(
        { kind: 'buyer', id: buyerId },
        { ...file, name: '买家图片' },
        policies.get(buyerUploadMegabytes),
      );
      const ref = toRef(asset);
      return { mediaId: asset.mediaId, ref, picture: toPreview(ref) };
    },

    async uploadByStaff(
      shopId: string,
      file: { bytes: Uint8Array; name: string },
    ): Promise<AssetRow & { picture: Picture }> {
      const asset = await upload({ kind: 'shop', id: shopId }, file, policies.get(staffUploadMegabytes, shopId));
      return { ...asset, picture: toPicture(toRef(asset)) };
    },

    async libraryPage(db: Executor, shopId: string, page: number, pageSize: number) {
      const { items, total } = await repository.pageOfShop(db, shopId, page, pageSize);
      return { items: items.map((asset) => ({ ...asset, picture: toPicture(toRef(asset)) })), total };
    },

    /** Pictures a shop may use, by id; an absent id is unknown, hidden, or another shop's. */
    async refsForShop(db: Executor, shopId: string, mediaIds: string[]): Promise<Map<string, PictureRef>> {
      if (mediaIds.length === 0) return new Map();
      const rows = await repository.listUsableByShop(db, shopId, mediaIds);
      return new Map(rows.map((asset) => [asset.mediaId, toRef(asset)]));
    },

    /** A shopper's own uploads, by id; anything else is absent. */
    async refsForBuyer(db: Executor, buyerId: string, mediaIds: string[]): Promise<Map<string, PictureRef>> {
      if (mediaIds.length === 0) return new Map();
      const rows = await repository.listOfBuyer(db, buyerId, mediaIds);
      return new Map(rows.map((asset) => [asset.mediaId, toRef(asset)]));
    },

    /** A moderator's verdict on shoppers' pictures. */
    async decide(tx: Tx, mediaIds: string[], verdict: 'passed' | 'rejected'): Promise<void> {
      if (mediaIds.length === 0) return;
      for (const hash of await repository.setState(tx, mediaIds, verdict)) passed.delete(hash);
    },

    /** Keeps pictures the install drew; nothing is rendered until somebody looks. */
    async addDrawings(tx: Tx, drawings: Drawing[]): Promise<Map<string, PictureRef>> {
      const rows = drawings.map((drawing) => ({
        ...drawing,
        hash: contentHash(Buffer.from(drawing.mediaId), 'drawing'),
        name: drawing.alt.slice(0, 80) || '插画',
      }));
      for (let at = 0; at < rows.length; at += insertBatch) {
        await repository.insertDrawings(tx, rows.slice(at, at + insertBatch), clock.now());
      }
      return new Map(rows.map((row) => [row.mediaId, toRef(row, row.alt)]));
    },

    /** Bytes of one variant, rendered at the first call. @throws media.not_found also for pictures the caller may not see */
    async variant(hash: string, name: VariantName, previewKey?: string): Promise<Uint8Array> {
      const key = variantKey(hash, name);
      if (passed.has(hash)) {
        const known = hot.get(key) ?? (await storage.get(key));
        if (known) {
          hot.set(key, known);
          return known;
        }
      }
      const asset = await repository.findByHash(database.db, hash);
      if (!asset) throw mediaNotFound();
      const isFree = asset.state === 'passed';
      const mayPreview =
        asset.state === 'pending' && previewKey !== undefined && isPreviewKey(previewSecret, hash, previewKey);
      if (!isFree && !mayPreview) throw mediaNotFound();
      const bytes = await render(asset, name, 'urgent');
      if (isFree) {
        passed.set(hash, true);
        hot.set(key, bytes);
      }
      return bytes;
    },
    isFree: (hash: string) => passed.has(hash),

    /** Asked once: fonts come with the machine. */
    drawsChinese: (): Promise<boolean> => {
      hasChinese ??= renderer.drawsChinese();
      return hasChinese;
    },

    /** A drawing of our own making as JPEG, 750 px wide; kept by whoever asked. */
    draw: (svg: string): Promise<Uint8Array> => enqueue(() => renderer.renderVariant(Buffer.from(svg), '750.jpg')),

    /** Renders ahead what the first screen shows, one at a time and only while nobody waits for another picture. */
    async warm(refs: readonly PictureRef[], names: readonly VariantName[] = ['320.webp', '750.webp']): Promise<number> {
      let rendered = 0;
      for (const { hash } of refs) {
        for (const name of names) {
          const asset = await repository.findByHash(database.db, hash);
          if (asset?.state !== 'passed') continue;
          try {
            await render(asset, name, 'idle');
            rendered += 1;
          } catch (error) {
            log.warn({ err: error, hash, name }, 'picture could not be rendered ahead');
          }
        }
      }
      return rendered;
    },
  };
  return media;
}
