/** A buyer's cart (guests have one too). Prices and stock are read live on every view; the client never sends an amount. */
import type { AddCartLine, Cart, ReductionProgress, SelectCartLines, UpdateCartLine } from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import { buildCart, isValid, lineLimit, maxQuantity, stateOf } from './cart.domain.ts';
import { cartFull, cartLineUnknown, cartOtherProduct, cartSkuOffSale, cartStockShort } from './cart.errors.ts';
import type { FindSkus, FindStock, SellableSku, StockFigures } from './cart.ports.ts';
import * as repository from './cart.repository.ts';
import type { StoredLine } from './cart.tables.ts';

export interface CartDeps {
  clock: Clock;
  policies: Policies;
  findSkus: FindSkus;
  findStock: FindStock;
  toPicture: ToPicture;
  /** How far ticked goods are from the next step of a reduction; from memory, no statement. */
  progress(
    db: Executor,
    lines: readonly {
      skuId: string;
      spuId: string;
      shopId: string;
      categoryIds: readonly string[];
      quantity: number;
      amount: number;
    }[],
  ): Promise<ReductionProgress[]>;
}

export type CartService = ReturnType<typeof createCart>;

export function createCart({ clock, policies, findSkus, findStock, toPicture, progress }: CartDeps) {
  /** Live SKUs and stock of stored lines, and of `extra`: two statements, none for an empty cart. */
  async function readLive(db: Executor, stored: readonly StoredLine[], extra: readonly string[] = []) {
    const skuIds = [...new Set([...stored.map(({ skuId }) => skuId), ...extra])];
    if (skuIds.length === 0) return { skus: new Map<string, SellableSku>(), stock: new Map<string, StockFigures>() };
    const [skus, stock] = await Promise.all([findSkus(db, skuIds), findStock(db, skuIds)]);
    return { skus, stock };
  }
  type Live = Awaited<ReturnType<typeof readLive>>;
  async function build(db: Executor, stored: readonly StoredLine[], { skus, stock }: Live): Promise<Cart> {
    const cart = buildCart(stored, skus, stock, toPicture);
    const ticked = cart.groups.flatMap(({ lines }) => lines).filter(({ selected }) => selected);
    const found = await progress(
      db,
      ticked.flatMap(({ skuId, quantity, salePrice }) => {
        const sku = skus.get(skuId);
        return sku ? [{ ...sku, quantity, amount: salePrice * quantity }] : [];
      }),
    );
    return { ...cart, progress: found };
  }

  async function view(db: Executor, buyerId: string): Promise<Cart> {
    const stored = await repository.linesOf(db, buyerId);
    return build(db, stored, await readLive(db, stored));
  }

  function getSellable({ skus }: Live, skuId: string): SellableSku {
    const sku = skus.get(skuId);
    if (!sku?.onSale) throw cartSkuOffSale();
    return sku;
  }

  function refuseShortage({ stock }: Live, skuId: string, quantity: number): void {
    const available = Math.max(0, stock.get(skuId)?.available ?? 0);
    if (quantity > available) throw cartStockShort({ skuId, available });
  }

  return {
    /** At most three statements: lines, SKUs, stock. */
    view,
    /**
     * The view, and the lines still ticked in the table although it shows them as unbuyable. Unticking them (`untick`)
     * makes checkout see what the page showed: an old sold-out line does not block, one that sells out later does.
     */
    async viewWithStaleTicks(db: Executor, buyerId: string): Promise<{ cart: Cart; staleTicks: string[] }> {
      const stored = await repository.linesOf(db, buyerId);
      const cart = await build(db, stored, await readLive(db, stored));
      const invalid = new Set(cart.invalidLines.map(({ lineId }) => lineId));
      const staleTicks = stored.filter(({ lineId, selected }) => selected && invalid.has(lineId));
      return { cart, staleTicks: staleTicks.map(({ lineId }) => lineId) };
    },
    untick: async (tx: Tx, buyerId: string, lineIds: readonly string[]): Promise<void> => {
      await repository.selectLines(tx, buyerId, lineIds, false);
    },

    /**
     * Adds to the line of that SKU if there is one. Refuses what cannot be bought in that quantity. Writes with one
     * statement, so it needs no transaction.
     */
    async add(db: Executor, buyerId: string, { skuId, quantity }: AddCartLine): Promise<Cart> {
      // Side by side: most carts that something is put into hold little else.
      const [stored, wanted] = await Promise.all([repository.linesOf(db, buyerId), readLive(db, [], [skuId])]);
      const sku = getSellable(wanted, skuId);
      const others = stored.filter((line) => line.skuId !== skuId);
      const limit = policies.get(lineLimit);
      if (others.length >= limit) throw cartFull({ limit });
      const available = Math.max(0, wanted.stock.get(skuId)?.available ?? 0);
      const adding = { spuId: sku.spuId, skuId, quantity, priceWhenAdded: sku.salePrice, at: clock.now() };
      const [line, beside] = await Promise.all([
        repository.addQuantity(db, buyerId, adding, available),
        readLive(db, others),
      ]);
      if (!line) throw cartStockShort({ skuId, available });
      const live = {
        skus: new Map([...beside.skus, ...wanted.skus]),
        stock: new Map([...beside.stock, ...wanted.stock]),
      };
      return build(db, [line, ...others], live);
    },

    /** Quantity, tick, or another SKU of the same product; lines with one SKU become one line (C05-PATH-08). */
    async update(tx: Tx, buyerId: string, lineId: string, change: UpdateCartLine): Promise<Cart> {
      const lines = await repository.lockLines(tx, buyerId);
      const line = lines.find((candidate) => candidate.lineId === lineId);
      if (!line) throw cartLineUnknown();
      const live = await readLive(tx, lines, change.skuId ? [change.skuId] : []);
      const { skuId = line.skuId, quantity = line.quantity, selected = line.selected } = change;
      let next: StoredLine;
      let twin: StoredLine | undefined;
      if (skuId === line.skuId) {
        // Lowering is always allowed: it is how a short line gets well again.
        if (quantity > line.quantity) refuseShortage(live, skuId, quantity);
        next = { ...line, quantity, selected };
      } else {
        const sku = getSellable(live, skuId);
        if (sku.spuId !== line.spuId) throw cartOtherProduct();
        twin = lines.find((candidate) => candidate.skuId === skuId);
        const total = Math.min(maxQuantity, quantity + (twin?.quantity ?? 0));
        refuseShortage(live, skuId, total);
        const isSelected = change.selected ?? (line.selected || (twin?.selected ?? false));
        next = { ...line, skuId, quantity: total, priceWhenAdded: sku.salePrice, selected: isSelected };
        if (twin) await repository.deleteLines(tx, buyerId, [twin.lineId]);
      }
      await repository.updateLine(tx, buyerId, next);
      return build(
        tx,
        lines.filter((candidate) => candidate !== twin).map((candidate) => (candidate === line ? next : candidate)),
        live,
      );
    },

    /** Ticks the named lines, a shop's, or all; lines that cannot be bought stay unticked (C05-PATH-09). */
    async select(tx: Tx, buyerId: string, { selected, lineIds, shopId }: SelectCartLines): Promise<Cart> {
      const lines = await repository.lockLines(tx, buyerId);
      const live = await readLive(tx, lines);
      const named = lineIds && new Set(lineIds);
      const isChosen = ({ lineId, skuId, quantity }: StoredLine): boolean => {
        const sku = live.skus.get(skuId);
        if (!sku || (shopId !== undefined && sku.shopId !== shopId) || (named && !named.has(lineId))) return false;
        return !selected || isValid(stateOf(quantity, sku, live.stock.get(skuId)?.available ?? 0));
      };
      const chosen = new Set(lines.filter(isChosen).map(({ lineId }) => lineId));
      await repository.selectLines(tx, buyerId, [...chosen], selected);
      return build(
        tx,
        lines.map((line) => (chosen.has(line.lineId) ? { ...line, selected } : line)),
        live,
      );
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
}
