/** Taking a place at the door, and setting sales up and down. */
import type { FlashPlace } from '@xiaopu/contracts';
import type { NewFlashSale } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { AppError } from '#platform/errors.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Inventory, PoolEngine, Standing, TakeOutcome } from '../inventory/index.ts';
import type { FlashDirectory, SaleGoods } from './flash-sale.directory.ts';
import { createWaitingLine, placeIdOf, type Sale, stateOf } from './flash-sale.domain.ts';
import * as errors from './flash-sale.errors.ts';
import * as repository from './flash-sale.repository.ts';

export interface FlashSaleDeps {
  database: Database;
  clock: Clock;
  outbox: Outbox;
  directory: FlashDirectory;
  engine: Pick<PoolEngine, 'take' | 'isSoldOut' | 'release' | 'doubt' | 'tick'>;
  inventory: Pick<Inventory, 'openPool' | 'closePool' | 'drainPools' | 'poolHolds' | 'poolTallies'>;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, SaleGoods>>;
  /** The lowest price the shop's margin rule lets these goods be sold at. */
  floorOf?(goods: SaleGoods): number;
  /** Asked only at the door of a sale that is for some tiers. */
  tierOf?(db: Executor, buyerId: string): Promise<string>;
  /** Takes decided at once, and how many may wait behind them: what one process can hold, not a rule of the shop. */
  door?: { inFlight: number; longest: number; waitMs: number };
}

export type FlashSales = ReturnType<typeof createFlashSales>;

const defaultDoor = { inFlight: 1_000, longest: 20_000, waitMs: 300 };
const pollAfterMs = 500;

export function createFlashSales({
  database,
  clock,
  outbox,
  directory,
  engine,
  inventory,
  findSkus,
  floorOf,
  tierOf,
  door = defaultDoor,
}: FlashSaleDeps) {
  const { db, inTransaction } = database;
  const line = createWaitingLine<TakeOutcome>(door);

  async function openSale(saleId: string): Promise<Sale> {
    const sale = await directory.find(db, saleId);
    if (!sale) throw errors.saleUnknown();
    const now = clock.now();
    if (sale.status === 'ended' || now >= sale.endsAt) throw errors.saleOver();
    if (now < sale.startsAt) throw errors.notStarted({ startsAt: sale.startsAt.toISOString() });
    return sale;
  }

  const placeOf = ({ saleId, skuId }: Sale, placeId: string, quantity: number): FlashPlace => ({
    placeId,
    saleId,
    skuId,
    quantity,
    status: 'held',
    until: null,
    position: null,
    pollAfterMs: null,
  });
  const waitingPlace = (sale: Sale, placeId: string, quantity: number): FlashPlace => ({
    ...placeOf(sale, placeId, quantity),
    status: 'waiting',
    position: line.position(placeId) ?? 0,
    pollAfterMs,
  });
  const standingPlace = (sale: Sale, { requestId, quantity, state, until }: Standing): FlashPlace => ({
    ...placeOf(sale, requestId, quantity),
    status: state === 'bound' ? 'ordered' : state === 'held' && until > clock.now() ? 'held' : 'over',
    until: state === 'held' ? until.toISOString() : null,
  });

  function answer(sale: Sale, placeId: string, quantity: number, outcome: TakeOutcome): FlashPlace {
    switch (outcome.outcome) {
      case 'held':
        return { ...placeOf(sale, placeId, quantity), until: outcome.until.toISOString() };
      case 'sold_out':
        throw errors.soldOut();
      case 'over_limit':
        throw errors.overLimit({ buyerLimit: sale.buyerLimit });
      case 'closed':
        throw errors.saleOver();
      case 'ended':
        throw errors.placeOver();
      case 'busy':
        throw errors.poolBusy();
    }
  }

  async function standing(sale: Sale, buyerId: string, placeId: string): Promise<Standing | undefined> {
    const [found] = await inventory.poolHolds(db, sale, [placeId]);
    return found?.buyerId === buyerId ? found : undefined;
  }

  async function end(tx: Tx, saleId: string, actor: string, shopId?: string): Promise<Sale | undefined> {
    const sale = await repository.endSale(tx, saleId, clock.now(), shopId);
    if (!sale) return undefined;
    await inventory.closePool(tx, sale.shopId, sale.poolId, actor);
    await outbox.publish(tx, 'flash_sale.sale_changed', { saleId, shopId: sale.shopId });
    return sale;
  }

  /** What can be sold so at all, whenever: the shop's own goods, cheaper than usual, not below the margin floor. */
  async function check(tx: Tx, shopId: string, { skuId, flashPrice }: Pick<NewFlashSale, 'skuId' | 'flashPrice'>) {
    const goods = (await findSkus(tx, [skuId])).get(skuId);
    if (!goods || goods.shopId !== shopId) throw errors.saleUnknown();
    if (flashPrice >= goods.salePrice) throw errors.notCheaper({ salePrice: goods.salePrice });
    // A place that could not be paid for would be a broken promise.
    const floor = floorOf?.(goods) ?? 0;
    if (flashPrice < floor) throw errors.belowFloor({ floor });
    return goods;
  }

  /** Moves the units into the sale's pool. @returns false when there is a sale of this id, and nothing is moved twice */
  async function setUp(
    tx: Tx,
    shopId: string,
    input: NewFlashSale,
    { by, templateId }: { by: string; templateId: string | null },
  ): Promise<boolean> {
    const { saleId, skuId, name, flashPrice, poolSize, buyerLimit, holdSeconds } = input;
    const [startsAt, endsAt] = [new Date(input.startsAt), new Date(input.endsAt)];
    if (endsAt <= startsAt || endsAt <= clock.now()) throw errors.badWindow();
    const goods = await check(tx, shopId, input);
    const holdMs = holdSeconds * 1_000;
    const sale: Sale = {
      saleId,
      shopId,
      spuId: goods.spuId,
      skuId,
      // One pool a sale: its id says whose it is.
      poolId: saleId,
      name,
      flashPrice,
      poolSize,
      buyerLimit,
      holdMs,
      startsAt,
      endsAt,
      status: 'live',
      createdBy: by,
      tiers: input.tiers ?? [],
      templateId,
    };
    if (!(await repository.insertSale(tx, sale, clock.now()))) return false;
    await inventory.openPool(tx, shopId, {
      poolId: saleId,
      skuId,
      name,
      size: poolSize,
      buyerLimit,
      holdMs,
      actor: by,
    });
    await outbox.publish(tx, 'flash_sale.sale_changed', { saleId, shopId });
    return true;
  }

  return {
    /** The same key is the same place. Decided within `waitMs`, else the shopper gets a token and a position. */
    async take(saleId: string, buyerId: string, key: string, quantity: number): Promise<FlashPlace> {
      const sale = await openSale(saleId);
      const { poolId, buyerLimit, tiers } = sale;
      const mine = tiers.length > 0 ? await tierOf?.(db, buyerId) : undefined;
      if (tiers.length > 0 && !tiers.some((tier) => tier === mine)) throw errors.membersOnly({ tiers });
      if (buyerLimit > 0 && quantity > buyerLimit) throw errors.overLimit({ buyerLimit });
      const placeId = placeIdOf(saleId, buyerId, key);
      const deciding = line.enter(placeId, () => engine.take({ poolId, requestId: placeId, buyerId, quantity }));
      if (!deciding) throw errors.tooCrowded();
      if (line.position(placeId) === undefined) return answer(sale, placeId, quantity, await deciding);
      let timer: NodeJS.Timeout | undefined;
      const outcome = await Promise.race([
        deciding,
        new Promise<undefined>((done) => {
          timer = setTimeout(() => done(undefined), door.waitMs);
        }),
      ]).finally(() => clearTimeout(timer));
      // Decided later: whoever polls finds it in the ledger, and a failure is found by asking again.
      deciding.catch(() => {});
      return outcome ? answer(sale, placeId, quantity, outcome) : waitingPlace(sale, placeId, quantity);
    },

    /**
     * What `take` would say at once, if that is certain to be no: nothing is left, and this place is nobody's. Read from
     * memory, so that thousands who come too late cost next to nothing.
     */
    refusal(saleId: string, buyerId: string, key: string): AppError | undefined {
      const sale = directory.peek(saleId);
      const now = clock.now();
      if (!sale || stateOf(sale, 1, now) !== 'running' || sale.tiers.length > 0) return undefined;
      const placeId = placeIdOf(saleId, buyerId, key);
      return !line.has(placeId) && engine.isSoldOut(sale.poolId, placeId) ? errors.soldOut() : undefined;
    },

    /** What became of a place. Not in line and not in the ledger: it was refused, or never asked for. */
    async place(saleId: string, buyerId: string, placeId: string): Promise<FlashPlace> {
      const sale = await directory.find(db, saleId);
      if (!sale) throw errors.saleUnknown();
      const found = await standing(sale, buyerId, placeId);
      if (found) return standingPlace(sale, found);
      if (line.position(placeId) !== undefined) return waitingPlace(sale, placeId, 1);
      if ((await directory.freeOf(sale)) === 0) throw errors.soldOut();
      throw errors.placeUnknown();
    },

    /** The shopper gives the place up; units go back to the sale. */
    async giveUp(saleId: string, buyerId: string, placeId: string): Promise<FlashPlace> {
      const sale = await directory.find(db, saleId);
      if (!sale) throw errors.saleUnknown();
      const found = await standing(sale, buyerId, placeId);
      if (!found) throw errors.placeUnknown();
      await engine.release(sale.poolId, [placeId]);
      return standingPlace(sale, (await standing(sale, buyerId, placeId)) ?? found);
    },

    standing,
    /** What this process just changed is seen by its next request; others hear of it by the event. */
    forget: directory.forget,

    check,
    setUp,

    /** A repeated `saleId` is refused, and nothing is moved twice. */
    async create(tx: Tx, shopId: string, input: NewFlashSale, by: string): Promise<void> {
      if (!(await setUp(tx, shopId, input, { by, templateId: null }))) throw errors.saleRepeated();
    },

    /** Whose share a shopper came by: kept with the sale, the first counts (C07-SEC-01). Nothing is earned by it. */
    async noteArrival(saleId: string, buyerId: string, fromBuyerId: string): Promise<void> {
      if (fromBuyerId !== buyerId) await repository.noteArrival(db, { buyerId, saleId, fromBuyerId, at: clock.now() });
    },

    async stop(tx: Tx, shopId: string, saleId: string, by: string): Promise<void> {
      if (!(await repository.saleOfShop(tx, shopId, saleId))) throw errors.saleUnknown();
      if (!(await end(tx, saleId, by, shopId))) throw errors.saleOver();
    },

    async page(executor: Executor, shopId: string, { page, pageSize }: { page: number; pageSize: number }) {
      const { items, total } = await repository.pageOfShop(executor, shopId, (page - 1) * pageSize, pageSize);
      const goods =
        items.length === 0
          ? new Map()
          : await findSkus(
              executor,
              items.map(({ skuId }) => skuId),
            );
      const tallies = new Map(
        items.length === 0
          ? []
          : (await inventory.poolTallies(executor, items)).map((tally) => [tally.poolId, tally] as const),
      );
      const arrivals = await repository.arrivalsOf(
        executor,
        items.map(({ saleId }) => saleId),
      );
      const rows = await Promise.all(
        items.map(async ({ status, startsAt, endsAt, poolId: _pool, holdMs, shopId: _shop, tiers, ...sale }) => {
          const full = { ...sale, status, startsAt, endsAt, holdMs, poolId: _pool, shopId, tiers };
          const remaining = status === 'ended' ? 0 : await directory.freeOf(full);
          const label = goods.get(sale.skuId) as SaleGoods | undefined;
          return {
            ...sale,
            title: label?.title ?? '',
            specText: label?.specText ?? '',
            holdSeconds: holdMs / 1_000,
            tiers,
            byShare: arrivals.get(sale.saleId) ?? 0,
            remaining,
            held: tallies.get(_pool)?.held ?? 0,
            ordered: tallies.get(_pool)?.ordered ?? 0,
            startsAt: startsAt.toISOString(),
            endsAt: endsAt.toISOString(),
            state: stateOf(full, remaining, clock.now()),
          };
        }),
      );
      return { items: rows, total, page, pageSize };
    },

    /** Sales whose time is over end, and their pools give back what is free; what is held follows as it ends. */
    async sweep(): Promise<number> {
      let handled = 0;
      for (const { saleId } of await repository.salesToEnd(db, clock.now(), 20)) {
        if (await inTransaction((tx) => end(tx, saleId, '系统'))) handled += 1;
      }
      return handled + (await inventory.drainPools(db, inTransaction));
    },
  };
}
