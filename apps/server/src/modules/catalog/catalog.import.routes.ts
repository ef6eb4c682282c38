import type { Readable } from 'node:stream';
import fastifyMultipart from '@fastify/multipart';
import { ErrorReply, Id } from '@xiaopu/contracts';
import { ImportJob } from '@xiaopu/contracts/console';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { AuditEntry, AuditTrail } from '#platform/audit.ts';
import { type Clock, shanghaiDay } from '#platform/clock.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { importFileMissing, importFileRefused } from './catalog.errors.ts';
import type { CatalogImport } from './catalog.import.service.ts';

export interface CatalogImportRouteDependencies {
  imports: CatalogImport;
  database: Database;
  clock: Clock;
  audit: AuditTrail;
}

const tags = ['console: products'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const params = Type.Object({ jobId: Id });
const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const write = { access: { permission: 'catalog.write' } } as const;
const read = { access: { permission: 'catalog.read' } } as const;

export async function catalogImportRoutes(
  app: RouteApp,
  { imports, database, clock, audit }: CatalogImportRouteDependencies,
): Promise<void> {
  const { db, inTransaction } = database;
  const note = (tx: Tx, { staff, ip }: FastifyRequest, action: AuditEntry['action'], target: string, summary: string) =>
    audit(tx, { staffId: staff.staffId, staffName: staff.name, shopId: staff.shopId, action, target, summary, ip });
  const download = (reply: FastifyReply, name: string, stream: Readable) =>
    reply
      .header('content-type', workbookType)
      .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
      .header('cache-control', 'no-store')
      .send(stream as never);

  app.get(
    '/api/console/products/export',
    {
      schema: {
        tags,
        description: 'All products of the shop as a workbook, streamed; the same columns as the import.',
        response: refused,
      },
      config: read,
    },
    async ({ staff }, reply) =>
      download(reply, `商品-${shanghaiDay(clock.now())}.xlsx`, imports.exportStream(staff.shopId)),
  );
  app.get(
    '/api/console/product-imports/template',
    {
      schema: {
        tags,
        description: 'An empty workbook with an example, and the categories with their attributes.',
        response: refused,
      },
      config: read,
    },
    async (_request, reply) => download(reply, '商品导入模板.xlsx', await imports.templateStream()),
  );
  app.get(
    '/api/console/product-imports',
    {
      schema: {
        tags,
        description: 'Recent imports, newest first.',
        response: { 200: Type.Object({ jobs: Type.Array(ImportJob) }), ...refused },
      },
      config: read,
    },
    async ({ staff }) => ({ jobs: await imports.list(db, staff.shopId) }),
  );
  app.get(
    '/api/console/product-imports/:jobId',
    {
      schema: {
        tags,
        description: 'How far an import is.',
        params,
        response: { 200: ImportJob, ...refused, 404: ErrorReply },
      },
      config: read,
    },
    ({ staff, params: { jobId } }) => imports.get(db, staff.shopId, jobId),
  );
  app.post(
    '/api/console/product-imports/:jobId/commit',
    {
      schema: {
        tags,
        description: 'Imports what the dry run found good; goes on in the background.',
        params,
        response: { 200: ImportJob, ...refused, 404: ErrorReply, 409: ErrorReply },
      },
      config: write,
    },
    (request) => {
      const { shopId } = request.staff;
      const { jobId } = request.params;
      return inTransaction(async (tx) => {
        await imports.commit(tx, shopId, jobId);
        await note(tx, request, 'catalog.import', jobId, '确认导入商品');
        return imports.get(tx, shopId, jobId);
      });
    },
  );

  await app.register(async (scope) => {
    if (!scope.hasContentTypeParser('multipart/form-data')) await scope.register(fastifyMultipart);
    (scope as unknown as RouteApp).post(
      '/api/console/product-imports',
      {
        schema: {
          tags,
          description:
            'Dry run: multipart/form-data with one part `file` (.xlsx). Nothing is changed; faults are named by row and column.',
          consumes: ['multipart/form-data'],
          response: { 201: ImportJob, ...refused, 413: ErrorReply, 422: ErrorReply },
        },
        config: write,
      },
      async (request, reply) => {
        const { shopId } = request.staff;
        if (!request.isMultipart()) throw importFileMissing();
        const part = await request.file({ limits: { fileSize: imports.maxBytes(shopId), files: 1, parts: 5 } });
        if (!part) throw importFileMissing();
        const bytes = await part.toBuffer();
        if (bytes.byteLength === 0) throw importFileMissing();
        if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) throw importFileRefused();
        const checked = await imports.read(shopId, bytes);
        const job = await inTransaction(async (tx) => {
          const jobId = await imports.keep(tx, shopId, part.filename || '商品.xlsx', checked);
          await note(tx, request, 'catalog.import_check', jobId, `检查导入文件 ${part.filename}`);
          return imports.get(tx, shopId, jobId);
        });
        return reply.code(201).send(job);
      },
    );
  });
}
