/** A buyer's cart (guests have one too). Prices and stock are read live on every view; the client never sends an amount. */
import type { AddCartLine, Cart, ReductionProgress, SelectCartLines, UpdateCartLine } from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { gather } from '#platform/database/gather.ts';
import { newId } from '#platform/ids.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import { buildCart, isValid, lineLimit, maxQuantity, stateOf } from './cart.domain.ts';
import { cartFull, cartLineUnknown, cartOtherProduct, cartSkuOffSale, cartStockShort } from './cart.errors.ts';
import type { FindSkus, FindStock, SellableSku, StockFigures } from './cart.ports.ts';
import * as repository from './cart.repository.ts';
import type { StoredLine } from './cart.tables.ts';

export interface CartDeps {
  database: Pick<Database, 'db' | 'shared' | 'onOneConnection'>;
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

export function createCart({ database, clock, policies, findSkus, findStock, toPicture, progress }: CartDeps) {
  const { db, shared, onOneConnection } = database;

  /** Live SKUs and stock of stored lines, and of `extra`: two statements, none for an empty cart. */
  async function readLive(executor: Executor, stored: readonly StoredLine[], extra: readonly string[] = []) {
    const skuIds = [...new Set([...stored.map(({ skuId }) => skuId), ...extra])];
    if (skuIds.length === 0) return { skus: new Map<string, SellableSku>(), stock: new Map<string, StockFigures>() };
    const [skus, stock] = await Promise.all([findSkus(executor, skuIds), findStock(executor, skuIds)]);
    return { skus, stock };
  }
  type Live = Awaited<ReturnType<typeof readLive>>;
  async function build(executor: Executor, stored: readonly StoredLine[], { skus, stock }: Live): Promise<Cart> {
    const cart = buildCart(stored, skus, stock, toPicture);
    const ticked = cart.groups.flatMap(({ lines }) => lines).filter(({ selected }) => selected);
    const found = await progress(
      executor,
      ticked.flatMap(({ skuId, quantity, salePrice }) => {
        const sku = skus.get(skuId);
        return sku ? [{ ...sku, quantity, amount: salePrice * quantity }] : [];
      }),
    );
    return { ...cart, progress: found };
  }

  async function view(executor: Executor, buyerId: string): Promise<Cart> {
    const stored = await repository.linesOf(executor, buyerId);
    return build(executor, stored, await readLive(executor, stored));
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

  // Whoever adds in the same moment shares these: what the carts hold and what is wanted, then the lines that are new.
  const readForAdding = gather({
    together: (asked: readonly { buyerId: string; skuId: string }[]) =>
      onOneConnection(async (connection) => {
        const [linesOf, live] = await Promise.all([
          repository.linesOfBuyers(
            connection,
            asked.map(({ buyerId }) => buyerId),
          ),
          readLive(
            connection,
            [],
            asked.map(({ skuId }) => skuId),
          ),
        ]);
        return asked.map(({ buyerId }) => ({ stored: linesOf.get(buyerId) ?? [], ...live }));
      }),
  });
  const insertLine = gather({
    async together(lines: readonly Parameters<typeof repository.insertLines>[1][number][]) {
      const written = await repository.insertLines(db, lines);
      return lines.map(({ lineId }) => written.get(lineId));
    },
  });

  /** A line that is there, or came meanwhile, is added to alone: that may wait for a change of the same cart. */
  async function put(
    buyerId: string,
    adding: repository.NewLine,
    { available, isNew }: { available: number; isNew: boolean },
  ): Promise<StoredLine | undefined> {
    if (isNew) {
      const quantity = Math.min(maxQuantity, adding.quantity);
      if (quantity > available) return undefined;
      const line = await insertLine({ ...adding, quantity, buyerId, lineId: newId() });
      if (line) return line;
    }
    return repository.addQuantity(db, buyerId, adding, available);
  }

  return {
    /** At most three statements: lines, SKUs, stock. */
    view,
    /**
     * The view, and the lines still ticked in the table although it shows them as unbuyable. Unticking them (`untick`)
     * makes checkout see what the page showed: an old sold-out line does not block, one that sells out later does.
     */
    async viewWithStaleTicks(executor: Executor, buyerId: string): Promise<{ cart: Cart; staleTicks: string[] }> {
      const stored = await repository.linesOf(executor, buyerId);
      const cart = await build(executor, stored, await readLive(executor, stored));
      const invalid = new Set(cart.invalidLines.map(({ lineId }) => lineId));
      const staleTicks = stored.filter(({ lineId, selected }) => selected && invalid.has(lineId));
      return { cart, staleTicks: staleTicks.map(({ lineId }) => lineId) };
    },
    untick: async (tx: Tx, buyerId: string, lineIds: readonly string[]): Promise<void> => {
      await repository.selectLines(tx, buyerId, lineIds, false);
    },

    /** Adds to the line of that SKU if there is one. Refuses what cannot be bought in that quantity. */
    async add(buyerId: string, { skuId, quantity }: AddCartLine): Promise<Cart> {
      const { stored, ...wanted } = await readForAdding({ buyerId, skuId });
      const sku = getSellable(wanted, skuId);
      const others = stored.filter((line) => line.skuId !== skuId);
      const limit = policies.get(lineLimit);
      if (others.length >= limit) throw cartFull({ limit });
      const available = Math.max(0, wanted.stock.get(skuId)?.available ?? 0);
      const adding = { spuId: sku.spuId, skuId, quantity, priceWhenAdded: sku.salePrice, at: clock.now() };
      const [line, beside] = await Promise.all([
        put(buyerId, adding, { available, isNew: others.length === stored.length }),
        readLive(shared, others),
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
    /** Of guests who are gone. */
    forgetCarts: repository.deleteCarts,

    /** For checkout: the ticked lines, one statement. Validity is the caller's to judge, it reads the SKUs anyway. */
    selectedLines: async (executor: Executor, buyerId: string): Promise<StoredLine[]> =>
      (await repository.linesOf(executor, buyerId)).filter(({ selected }) => selected),
    /** For orders: what was bought leaves the cart. */
    removeBought: async (tx: Tx, buyerId: string, lineIds: readonly string[]): Promise<void> => {
      await repository.deleteLines(tx, buyerId, lineIds);
    },
  };
}
