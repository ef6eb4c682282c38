import fastifyMultipart from '@fastify/multipart';
import { ErrorReply, Id, PageQuery, Picture } from '@xiaopu/contracts';
import { MediaPage, MediaRow } from '@xiaopu/contracts/console';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { isVariant, variants } from './media.domain.ts';
import { fileMissing, fileTooLarge, mediaNotFound } from './media.errors.ts';
import type { Media } from './media.service.ts';
import type { AssetRow } from './media.tables.ts';

const year = 31_536_000;
/** Above every policy's maximum: the policy gives the exact answer, this only bounds memory. */
const hardLimitBytes = 50 * 1024 * 1024;
const multipartNote =
  'multipart/form-data with one part `file`: JPEG, PNG, WebP or GIF (first frame); told by content, not by name';

export interface MediaRouteDependencies {
  media: Media;
  database: Database;
  audit: AuditTrail;
}

export async function mediaRoutes(app: RouteApp, { media, database, audit }: MediaRouteDependencies): Promise<void> {
  app.get(
    '/media/:hash/:name',
    {
      schema: {
        tags: ['media'],
        description:
          'A picture variant: 320.webp, 750.webp, 1080.webp or 750.jpg. Immutable: the hash is of the content.',
        params: Type.Object({ hash: Type.String({ pattern: '^[0-9a-f]{32}$' }), name: Type.String({ maxLength: 20 }) }),
        querystring: Type.Object({ key: Type.Optional(Type.String({ maxLength: 40 })) }),
        response: { 404: ErrorReply },
      },
      config: { access: 'anyone' },
    },
    async (request, reply) => {
      const { hash, name } = request.params;
      if (!isVariant(name)) throw mediaNotFound();
      const etag = `"${hash.slice(0, 16)}-${name}"`;
      const bytes = await media.variant(hash, name, request.query.key);
      reply
        .header('etag', etag)
        .header(
          'cache-control',
          request.query.key === undefined ? `public, max-age=${year}, immutable` : 'private, no-store',
        );
      if (request.headers['if-none-match'] === etag) return reply.status(304 as never).send(undefined as never);
      // Serialised by nobody: a Buffer goes out as it is.
      return reply
        .type(variants[name].type)
        .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as never);
    },
  );

  await app.register(async (scope) => {
    if (!scope.hasContentTypeParser('multipart/form-data')) await scope.register(fastifyMultipart);
    const routes = scope as unknown as RouteApp;

    routes.post(
      '/api/media',
      {
        schema: {
          tags: ['media'],
          description: `Uploads a picture for a review or a case. ${multipartNote}. Hidden from others until moderated; the addresses returned are for its owner.`,
          consumes: ['multipart/form-data'],
          response: {
            201: Type.Object({ mediaId: Id, picture: Picture }),
            400: ErrorReply,
            401: ErrorReply,
            413: ErrorReply,
            422: ErrorReply,
          },
        },
        config: { access: 'member' },
      },
      async (request, reply) => {
        const file = await receiveFile(request, media.limits.buyerBytes());
        const { mediaId, picture } = await media.uploadByBuyer(request.buyer.buyerId, file);
        return reply.code(201).send({ mediaId, picture });
      },
    );

    routes.post(
      '/api/console/media',
      {
        schema: {
          tags: ['console media'],
          description: `Adds a picture to the shop's library. ${multipartNote}.`,
          consumes: ['multipart/form-data'],
          response: {
            201: MediaRow,
            400: ErrorReply,
            401: ErrorReply,
            403: ErrorReply,
            413: ErrorReply,
            422: ErrorReply,
          },
        },
        config: { access: { permission: 'media.write' } },
      },
      async (request, reply) => {
        const { shopId, staffId, name: staffName } = request.staff;
        const file = await receiveFile(request, media.limits.staffBytes(shopId));
        const asset = await media.uploadByStaff(shopId, file);
        await database.inTransaction((tx) =>
          audit(tx, {
            staffId,
            staffName,
            shopId,
            action: 'media.upload',
            target: asset.mediaId,
            summary: `上传图片 ${asset.name}`,
            ip: request.ip,
          }),
        );
        return reply.code(201).send(toRow(asset));
      },
    );

    routes.get(
      '/api/console/media',
      {
        schema: {
          tags: ['console media'],
          description: "The shop's picture library, newest first.",
          querystring: PageQuery,
          response: { 200: MediaPage, 400: ErrorReply, 401: ErrorReply, 403: ErrorReply },
        },
        config: { access: { permission: 'media.write' } },
      },
      async ({ staff, query: { page, pageSize } }) => {
        const { items, total } = await media.libraryPage(database.db, staff.shopId, page, pageSize);
        return { items: items.map(toRow), total, page, pageSize };
      },
    );
  });
}

const toRow = ({ mediaId, picture, name, bytes, createdAt }: AssetRow & { picture: Picture }) => ({
  mediaId,
  picture,
  name,
  bytes,
  createdAt: createdAt.toISOString(),
});

async function receiveFile(request: FastifyRequest, maxBytes: number): Promise<{ bytes: Uint8Array; name: string }> {
  if (!request.isMultipart()) throw fileMissing();
  const part = await request.file({
    limits: { fileSize: Math.min(maxBytes, hardLimitBytes), files: 1, fields: 5, parts: 6 },
  });
  if (!part) throw fileMissing();
  const bytes = await part.toBuffer().catch((error: { statusCode?: number }) => {
    throw error.statusCode === 413 ? fileTooLarge({ maxBytes }) : error;
  });
  if (bytes.byteLength === 0) throw fileMissing();
  return { bytes, name: part.filename };
}
