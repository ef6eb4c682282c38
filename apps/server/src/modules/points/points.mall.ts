/** Goods for points. The account is locked before the item, everywhere, so that buyers wait instead of deadlocking. */
import type { GrowthQuery, Mall, PageQuery, Redeem, Redemption, RedemptionPage } from '@xiaopu/contracts';
import type { ConsoleMallItem, ConsoleRedemptionPage, MallItemInput, MallItemPage } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { type FieldCipher, maskName, maskPhone } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import type { Accounts } from './points.accounts.ts';
import { decodeCursor, encodeCursor } from './points.domain.ts';
import {
  addressNotFound,
  cursorInvalid,
  itemLimit,
  itemNotFound,
  itemSoldOut,
  redemptionNotFound,
} from './points.errors.ts';

export interface Recipient {
  name: string;
  phone: string;
  province: string;
  city: string;
  district: string;
  detail: string;
}
interface Deps {
  clock: Clock;
  cipher: Pick<FieldCipher, 'encrypt' | 'decrypt'>;
  accounts: Accounts;
  findAddress(db: Executor, buyerId: string, addressId: string): Promise<Recipient | undefined>;
}

export function createMall({ clock, cipher, accounts, findAddress }: Deps) {
  const view = (row: {
    redemptionId: string;
    itemName: string;
    quantity: number;
    points: number;
    status: Redemption['status'];
    waybill: string;
    createdAt: Date;
  }): Redemption => ({
    redemptionId: row.redemptionId,
    itemName: row.itemName,
    quantity: row.quantity,
    points: row.points,
    status: row.status,
    waybill: row.waybill,
    createdAt: row.createdAt.toISOString(),
  });

  return {
    async items(db: Executor, buyerId: string): Promise<Mall> {
      const items = await db
        .selectFrom('points.mallItem')
        .select(['shopId', 'itemId', 'name', 'detail', 'icon', 'points', 'stock', 'perBuyer', 'marketPrice'])
        .where('isOn', '=', true)
        .orderBy('points')
        .limit(100)
        .execute();
      return { balance: await accounts.usable(db, buyerId), items };
    },

    /** Points and stock leave together or not at all; the same request key answers with the same redemption. */
    async redeem(
      tx: Tx,
      buyerId: string,
      { itemId, requestKey, addressId, quantity }: Redeem & { itemId: string; requestKey: string },
    ): Promise<Redemption> {
      await accounts.lock(tx, buyerId);
      const before = await tx
        .selectFrom('points.redemption')
        .selectAll()
        .where('buyerId', '=', buyerId)
        .where('requestKey', '=', requestKey)
        .executeTakeFirst();
      if (before) return view(before);
      const item = await tx
        .selectFrom('points.mallItem')
        .selectAll()
        .where('itemId', '=', itemId)
        .where('isOn', '=', true)
        .executeTakeFirst();
      if (!item) throw itemNotFound();
      const { shopId, perBuyer } = item;
      const { had } = await tx
        .selectFrom('points.redemption')
        .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('quantity'), eb.lit(0)).as('had'))
        .where('buyerId', '=', buyerId)
        .where('itemId', '=', itemId)
        .executeTakeFirstOrThrow();
      if (had + quantity > perBuyer) throw itemLimit({ limit: perBuyer });
      const address = await findAddress(tx, buyerId, addressId);
      if (!address) throw addressNotFound();
      const points = item.points * quantity;
      const redemptionId = newId();
      const movement = { sourceKey: `redeem:${redemptionId}`, kind: 'redeem', note: `兑换 ${item.name}` };
      await accounts.debit(tx, buyerId, points, movement);
      const { numUpdatedRows } = await tx
        .updateTable('points.mallItem')
        .set((eb) => ({ stock: eb('stock', '-', quantity), redeemed: eb('redeemed', '+', quantity) }))
        .where('shopId', '=', shopId)
        .where('itemId', '=', itemId)
        .where('stock', '>=', quantity)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw itemSoldOut();
      const { name, phone, province, city, district, detail } = address;
      const row = {
        buyerId,
        redemptionId,
        requestKey,
        shopId,
        itemId,
        itemName: item.name,
        quantity,
        points,
        recipientSealed: cipher.encrypt(JSON.stringify({ name, phone, province, city, district, detail })),
        status: 'to_ship' as const,
        waybill: '',
        createdAt: clock.now(),
        shippedAt: null,
      };
      await tx.insertInto('points.redemption').values(row).execute();
      return view(row);
    },

    async redemptions(db: Executor, buyerId: string, { cursor, limit }: GrowthQuery): Promise<RedemptionPage> {
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      if (cursor !== undefined && !after) throw cursorInvalid();
      const rows = await db
        .selectFrom('points.redemption')
        .selectAll()
        .where('buyerId', '=', buyerId)
        .$if(after !== undefined, (query) => query.where('redemptionId', '<', after?.id ?? ''))
        .orderBy('redemptionId', 'desc')
        .limit(limit + 1)
        .execute();
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const nextCursor =
        rows.length > limit && last ? encodeCursor({ at: last.createdAt, id: last.redemptionId }) : null;
      return { items: shown.map(view), nextCursor };
    },

    async itemsOfShop(db: Executor, shopId: string, { page, pageSize }: PageQuery): Promise<MallItemPage> {
      const rows = await db
        .selectFrom('points.mallItem')
        .selectAll()
        .where('shopId', '=', shopId)
        .orderBy('createdAt', 'desc')
        .orderBy('itemId')
        .offset((page - 1) * pageSize)
        .limit(pageSize)
        .execute();
      const { count } = await db
        .selectFrom('points.mallItem')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('shopId', '=', shopId)
        .executeTakeFirstOrThrow();
      const items = rows.map(
        ({ shopId: _shop, createdAt, ...row }): ConsoleMallItem => ({ ...row, createdAt: createdAt.toISOString() }),
      );
      return { items, total: count, page, pageSize };
    },

    async saveItem(tx: Tx, shopId: string, input: MallItemInput, itemId?: string): Promise<string> {
      if (itemId === undefined) {
        const made = newId();
        await tx
          .insertInto('points.mallItem')
          .values({ shopId, itemId: made, ...input, createdAt: clock.now() })
          .execute();
        return made;
      }
      const { numUpdatedRows } = await tx
        .updateTable('points.mallItem')
        .set(input)
        .where('shopId', '=', shopId)
        .where('itemId', '=', itemId)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw itemNotFound();
      return itemId;
    },

    async redemptionsOfShop(
      db: Executor,
      shopId: string,
      { page, pageSize }: PageQuery,
    ): Promise<ConsoleRedemptionPage> {
      const rows = await db
        .selectFrom('points.redemption')
        .selectAll()
        .where('shopId', '=', shopId)
        .orderBy('createdAt', 'desc')
        .orderBy('redemptionId', 'desc')
        .offset((page - 1) * pageSize)
        .limit(pageSize)
        .execute();
      const { count } = await db
        .selectFrom('points.redemption')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('shopId', '=', shopId)
        .executeTakeFirstOrThrow();
      const items = rows.map((row) => {
        const to = JSON.parse(cipher.decrypt(row.recipientSealed)) as Recipient;
        const recipient = `${maskName(to.name)} ${maskPhone(to.phone)} ${to.province}${to.city}${to.district}${to.detail}`;
        return { ...view(row), recipient };
      });
      return { items, total: count, page, pageSize };
    },

    async ship(tx: Tx, shopId: string, redemptionId: string, waybill: string): Promise<void> {
      const { numUpdatedRows } = await tx
        .updateTable('points.redemption')
        .set({ status: 'shipped', waybill, shippedAt: clock.now() })
        .where('shopId', '=', shopId)
        .where('redemptionId', '=', redemptionId)
        .where('status', '=', 'to_ship')
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw redemptionNotFound();
    },
  };
}
