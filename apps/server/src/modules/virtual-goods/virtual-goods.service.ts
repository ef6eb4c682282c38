/** Virtual goods: card codes in stock, delivery once an order is paid, and what its buyer may read. */
import type { Deliveries, GoodsTerms } from '@xiaopu/contracts';
import type { AddedCodes, CodeStock } from '@xiaopu/contracts/console';
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import type { Fulfilment } from '../fulfilment/index.ts';
import type { Inventory } from '../inventory/index.ts';
import type { Orders } from '../orders/index.ts';
import { productUnknown, skuUnknown } from './virtual-goods.errors.ts';
import * as repository from './virtual-goods.repository.ts';

interface VirtualSku {
  skuId: string;
  shopId: string;
  specText: string;
  goods?: GoodsTerms | null;
}

export interface VirtualGoodsDeps {
  clock: Clock;
  fieldCipher: FieldCipher;
  orders: Pick<Orders, 'lockToDeliver' | 'completeDelivery' | 'undelivered' | 'get'>;
  fulfilment: Pick<Fulfilment, 'recordHandOver'>;
  inventory: Pick<Inventory, 'adjust'>;
  /** On sale or not. */
  skusOf(db: Executor, skuIds: string[]): Promise<Map<string, VirtualSku>>;
  skuIdsOfProduct(db: Executor, shopId: string, spuId: string): Promise<string[]>;
}

export type VirtualGoods = ReturnType<typeof createVirtualGoods>;

const codePurpose = 'virtual_goods.code';

interface Given {
  codes: string[];
  content: string;
}

export function createVirtualGoods(deps: VirtualGoodsDeps) {
  const { clock, fieldCipher, orders, fulfilment, inventory, skusOf } = deps;

  async function codeSkus(db: Executor, shopId: string, skuIds: string[]): Promise<VirtualSku[]> {
    return [...(await skusOf(db, skuIds)).values()].filter(
      ({ shopId: owner, goods }) => owner === shopId && goods?.kind === 'virtual' && goods.delivery === 'code',
    );
  }

  return {
    /**
     * Gives a paid order what it bought: all of it or, while codes are short, nothing yet. Under the order's lock, so that it
     * happens once however often it is asked. @returns whether it was delivered now
     */
    async deliver(tx: Tx, buyerId: string, orderNo: string): Promise<boolean> {
      const waiting = await orders.lockToDeliver(tx, buyerId, orderNo);
      if (!waiting) return false;
      const { order, lines } = waiting;
      const skus = await skusOf(
        tx,
        lines.map(({ skuId }) => skuId),
      );
      const now = clock.now();
      const taken = [];
      // In the order of their ids: two orders of the same goods take them in the same order.
      for (const line of lines.toSorted((one, other) => (one.skuId < other.skuId ? -1 : 1))) {
        const terms = skus.get(line.skuId)?.goods;
        if (terms?.kind !== 'virtual') return false;
        const needed = terms.delivery === 'code' ? line.quantity : 0;
        const codes = needed > 0 ? await repository.lockFree(tx, line.skuId, needed) : [];
        if (codes.length < needed) return false;
        taken.push({ line, terms, codes });
      }
      for (const { line, codes } of taken)
        if (codes.length > 0)
          await repository.sell(tx, {
            ...{ skuId: line.skuId, buyerId, orderNo, at: now },
            codeIds: codes.map(({ codeId }) => codeId),
          });
      await repository.insertDeliveries(
        tx,
        taken.map(({ line: { lineId, skuId, title, specText }, terms, codes }) => {
          const given: Given = { codes: codes.map(({ code }) => fieldCipher.decrypt(code)), content: terms.content };
          return {
            ...{ buyerId, orderNo, lineId, shopId: order.shopId, skuId, title, specText },
            given: fieldCipher.encrypt(JSON.stringify(given)),
            deliveredAt: now,
            expiresAt: terms.days === null ? null : new Date(now.getTime() + terms.days * dayMs),
          };
        }),
      );
      const parcelId = newId();
      const handed = await orders.completeDelivery(tx, waiting, parcelId);
      const { shopId } = order;
      await fulfilment.recordHandOver(tx, shopId, { ...handed, orderNo, parcelId, staffName: '系统', way: 'virtual' });
      return true;
    },

    /** What waited for codes, or whose event got lost. */
    async deliverDue({ db, inTransaction }: Pick<Database, 'db' | 'inTransaction'>, limit = 200): Promise<number> {
      let delivered = 0;
      for (const { buyerId, orderNo } of await orders.undelivered(db, clock.now(), limit))
        delivered += Number(await inTransaction((tx) => this.deliver(tx, buyerId, orderNo)));
      return delivered;
    },

    /** Another buyer's order answers as if there were none. */
    async read(tx: Tx, buyerId: string, orderNo: string): Promise<Deliveries> {
      // Not there for anybody else: found, or refused, as the order itself is.
      await orders.get(tx, buyerId, orderNo);
      const found = await repository.deliveriesOf(tx, buyerId, orderNo);
      const now = clock.now();
      if (found.some(({ seenAt }) => seenAt === null)) await repository.markSeen(tx, buyerId, orderNo, now);
      return {
        items: found.map(({ title, specText, given, expiresAt, revokedAt }) => {
          const isOver = revokedAt !== null || (expiresAt !== null && expiresAt <= now);
          const { codes, content } = JSON.parse(fieldCipher.decrypt(given)) as Given;
          return {
            ...{ title, specText, isOver },
            ...(isOver ? { codes: [], content: '' } : { codes, content }),
            expiresAt: expiresAt?.toISOString() ?? null,
          };
        }),
      };
    },

    revoke: (tx: Tx, buyerId: string, orderNo: string, lineIds: string[] | null): Promise<void> =>
      repository.revoke(tx, { buyerId, orderNo, lineIds, at: clock.now() }),

    /** Codes of a product by SKU. Nobody reads them back. */
    async stock(db: Executor, shopId: string, spuId: string): Promise<CodeStock> {
      const skus = await codeSkus(db, shopId, await deps.skuIdsOfProduct(db, shopId, spuId));
      if (skus.length === 0) throw productUnknown();
      const counts = await repository.countCodes(
        db,
        shopId,
        skus.map(({ skuId }) => skuId),
      );
      return {
        items: skus.map(({ skuId, specText }) => ({
          ...{ free: 0, sold: 0, void: 0 },
          ...counts.find((count) => count.skuId === skuId),
          ...{ skuId, specText },
        })),
      };
    },

    /** As many units come into stock as codes are new, so what can be sold is what can be delivered. */
    async addCodes(
      tx: Tx,
      { shopId, name: actor }: { shopId: string; name: string },
      { skuId, codes }: { skuId: string; codes: readonly string[] },
    ): Promise<AddedCodes> {
      const [sku] = await codeSkus(tx, shopId, [skuId]);
      if (!sku) throw skuUnknown();
      const tidy = [...new Set(codes.map((code) => code.trim()).filter(Boolean))];
      const addedAt = clock.now();
      const added =
        tidy.length === 0
          ? 0
          : await repository.addCodes(
              tx,
              tidy.map((code) => ({
                ...{ skuId, shopId, addedAt, addedBy: actor },
                codeId: newId(),
                code: fieldCipher.encrypt(code),
                codeIndex: fieldCipher.blindIndex(codePurpose, code),
              })),
            );
      if (added > 0)
        await inventory.adjust(tx, shopId, {
          ...{ skuId, delta: added, actor },
          ...{ requestId: newId(), reason: 'purchase', note: `导入卡密 ${added} 个` },
        });
      return { added, known: codes.length - added };
    },
  };
}
