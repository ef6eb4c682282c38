/** A buyer's cart (guests have one too). Prices and stock are read live on every view; the client never sends an amount. */
import type { AddCartLine, Cart, SelectCartLines, UpdateCartLine } from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import { buildCart, lineLimit, maxQuantity } from './cart.domain.ts';
import { cartFull, cartLineUnknown, cartOtherProduct, cartSkuOffSale, cartStockShort } from './cart.errors.ts';
import type { FindSkus, FindStock, SellableSku } from './cart.ports.ts';
import * as repository from './cart.repository.ts';
import type { StoredLine } from './cart.tables.ts';

export interface CartDeps {
  clock: Clock;
  policies: Policies;
  findSkus: FindSkus;
  findStock: FindStock;
  toPicture: ToPicture;
}

export type CartService = ReturnType<typeof createCart>;

export function createCart({ clock, policies, findSkus, findStock, toPicture }: CartDeps) {
  async function view(db: Executor, buyerId: string): Promise<Cart> {
    const stored = await repository.linesOf(db, buyerId);
    const skuIds = stored.map(({ skuId }) => skuId);
    if (skuIds.length === 0) return buildCart([], new Map(), new Map(), toPicture);
    const skus = await findSkus(db, skuIds);
    const stock = await findStock(db, skuIds);
    return buildCart(stored, skus, stock, toPicture);
  }

  async function getSellable(tx: Tx, skuId: string): Promise<SellableSku> {
    const sku = (await findSkus(tx, [skuId])).get(skuId);
    if (!sku?.onSale) throw cartSkuOffSale();
    return sku;
  }

  async function refuseShortage(tx: Tx, skuId: string, quantity: number): Promise<void> {
    const available = Math.max(0, (await findStock(tx, [skuId])).get(skuId)?.available ?? 0);
    if (quantity > available) throw cartStockShort({ skuId, available });
  }

  return {
    /** At most three statements: lines, SKUs, stock. */
    view,

    /** Adds to the line of that SKU if there is one. Refuses what cannot be bought in that quantity. */
    async add(tx: Tx, buyerId: string, { skuId, quantity }: AddCartLine): Promise<Cart> {
      const sku = await getSellable(tx, skuId);
      const stored = await repository.linesOf(tx, buyerId);
      const limit = policies.get(lineLimit);
      if (stored.length >= limit && !stored.some((line) => line.skuId === skuId)) throw cartFull({ limit });
      const total = await repository.addQuantity(tx, buyerId, {
        spuId: sku.spuId,
        skuId,
        quantity,
        priceWhenAdded: sku.salePrice,
        at: clock.now(),
      });
      await refuseShortage(tx, skuId, total);
      return view(tx, buyerId);
    },

    /** Quantity, tick, or another SKU of the same product; lines with one SKU become one line (C05-PATH-08). */
    async update(tx: Tx, buyerId: string, lineId: string, change: UpdateCartLine): Promise<Cart> {
      const lines = await repository.lockLines(tx, buyerId);
      const line = lines.find((candidate) => candidate.lineId === lineId);
      if (!line) throw cartLineUnknown();
      if (change.skuId !== undefined && change.skuId !== line.skuId) {
        await changeSku(tx, buyerId, lines, line, { ...change, skuId: change.skuId });
      } else {
        const { quantity, selected } = change;
        // Lowering is always allowed: it is how a short line gets well again.
        if (quantity !== undefined && quantity > line.quantity) await refuseShortage(tx, line.skuId, quantity);
        if (quantity !== undefined || selected !== undefined) {
          await repository.updateLine(tx, buyerId, lineId, {
            ...(quantity !== undefined && { quantity }),
            ...(selected !== undefined && { selected }),
          });
        }
      }
      return view(tx, buyerId);
    },

    /** Ticks the named lines, a shop's, or all; lines that cannot be bought stay unticked (C05-PATH-09). */
    async select(tx: Tx, buyerId: string, { selected, lineIds, shopId }: SelectCartLines): Promise<Cart> {
      const { groups, invalidLines } = await view(tx, buyerId);
      const named = lineIds && new Set(lineIds);
      const chosen = groups
        .filter((group) => shopId === undefined || group.shopId === shopId)
        .flatMap(({ lines }) => lines)
        .filter((line) => named === undefined || named.has(line.lineId))
        .map((line) => line.lineId);
      const invalid = selected ? [] : invalidLines.map((line) => line.lineId).filter((lineId) => named === undefined || named.has(lineId));
      await repository.selectLines(tx, buyerId, [...chosen, ...invalid], selected);
      return view(tx, buyerId);
    },

    async remove(tx: Tx, buyerId: string, lineIds: readonly string[]): Promise<Cart> {
      await repository.deleteLines(tx, buyerId, lineIds);
      return view(tx, buyerId);
    },

    /** The guest's lines become the buyer's: nothing lost, nothing twice, however often it is called (C02-BEH-03). */
    mergeGuest: repository.moveLines,

    /** For checkout: the ticked lines, one statement. Validity is the caller's to judge, it reads the SKUs anyway. */
    selectedLines: async (db: Executor, buyerId: string): Promise<StoredLine[]> =>
      (await repository.linesOf(db, buyerId)).filter(({ selected }) => selected),
    /** For orders: what was bought leaves the cart. */
    removeBought: async (tx: Tx, buyerId: string, lineIds: readonly string[]): Promise<void> => {
      await repository.deleteLines(tx, buyerId, lineIds);
    },
  };

  async function changeSku(
    tx: Tx,
    buyerId: string,
    lines: readonly StoredLine[],
    line: StoredLine,
    { skuId, quantity = line.quantity, selected }: UpdateCartLine & { skuId: string },
  ): Promise<void> {
    const sku = await getSellable(tx, skuId);
    if (sku.spuId !== line.spuId) throw cartOtherProduct();
    const twin = lines.find((candidate) => candidate.skuId === skuId);
    const total = Math.min(maxQuantity, quantity + (twin?.quantity ?? 0));
    await refuseShortage(tx, skuId, total);
    if (twin) await repository.deleteLines(tx, buyerId, [twin.lineId]);
    await repository.updateLine(tx, buyerId, line.lineId, {
      skuId,
      quantity: total,
      priceWhenAdded: sku.salePrice,
      selected: selected ?? (line.selected || (twin?.selected ?? false)),
    });
  }
}

