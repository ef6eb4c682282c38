import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { AssetRow, AssetState, OwnerKind } from './media.tables.ts';

export interface Owner {
  kind: OwnerKind;
  id: string | null;
}

/** @returns the row kept: a second upload of the same bytes by the same owner is the first one */
export async function insertAsset(tx: Tx, row: AssetRow): Promise<AssetRow> {
  await tx
    .insertInto('media.asset')
    .values(row)
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
  return tx.selectFrom('media.asset').selectAll().where('hash', '=', row.hash).executeTakeFirstOrThrow();
}

/** Many at once by unnest: the demo brings thousands. */
export async function insertDrawings(
  tx: Tx,
  rows: Pick<AssetRow, 'mediaId' | 'hash' | 'width' | 'height' | 'name'>[],
  at: Date,
): Promise<void> {
  const column = <K extends keyof (typeof rows)[number]>(key: K) => rows.map((row) => row[key]);
  await sql`
    insert into media.asset
      (media_id, hash, owner_kind, owner_id, origin, content_type, width, height, bytes, name, state, created_at)
    select media_id, hash, 'install', null, 'drawing', 'image/svg+xml', width, height, 0, name, 'passed', ${at}
    from unnest(${column('mediaId')}::uuid[], ${column('hash')}::text[], ${column('width')}::int[], ${column('height')}::int[],
      ${column('name')}::text[]) as t (media_id, hash, width, height, name)
    on conflict do nothing`.execute(tx);
}

export const findByHash = (db: Executor, hash: string) =>
  db
    .selectFrom('media.asset')
    .select(['mediaId', 'hash', 'origin', 'state'])
    .where('hash', '=', hash)
    .executeTakeFirst();

/** What a shop may put on its products: its own pictures and the install's. */
export const listUsableByShop = (db: Executor, shopId: string, mediaIds: string[]) =>
  db
    .selectFrom('media.asset')
    .selectAll()
    .where('mediaId', 'in', mediaIds)
    .where('state', '=', 'passed')
    .where((eb) =>
      eb.or([eb.and([eb('ownerKind', '=', 'shop'), eb('ownerId', '=', shopId)]), eb('ownerKind', '=', 'install')]),
    )
    .execute();

export const listOfBuyer = (db: Executor, buyerId: string, mediaIds: string[]) =>
  db
    .selectFrom('media.asset')
    .selectAll()
    .where('mediaId', 'in', mediaIds)
    .where('ownerKind', '=', 'buyer')
    .where('ownerId', '=', buyerId)
    .where('state', '!=', 'rejected')
    .execute();

export async function pageOfShop(db: Executor, shopId: string, page: number, pageSize: number) {
  const mine = db.selectFrom('media.asset').where('ownerKind', '=', 'shop').where('ownerId', '=', shopId);
  const items = await mine
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('mediaId', 'desc')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  const { total } = await mine.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { items, total };
}

export async function setState(tx: Tx, mediaIds: string[], state: AssetState): Promise<string[]> {
  const rows = await tx
    .updateTable('media.asset')
    .set({ state })
    .where('mediaId', 'in', mediaIds)
    .where('ownerKind', '=', 'buyer')
    .returning('hash')
    .execute();
  return rows.map(({ hash }) => hash);
}
