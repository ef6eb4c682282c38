/** The lottery: odds are shown, the dice are the operating system's, stock is exact, each draw keeps roll and odds. */
import { randomInt } from 'node:crypto';
import type { DrawPage, DrawResult, GrowthQuery, LotteryView, PageQuery } from '@xiaopu/contracts';
import type { ConsoleLottery, LotteryInput, LotteryPage } from '@xiaopu/contracts/console';
import { type SqlBool, sql } from 'kysely';
import { type Clock, shanghaiDay } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Accounts } from './points.accounts.ts';
import { decodeCursor, encodeCursor, oddsWhole, prizeAt } from './points.domain.ts';
import * as errors from './points.errors.ts';

interface Deps {
  clock: Clock;
  accounts: Accounts;
  roll?: (below: number) => number;
}
/** 规范促销行为暂行规定: one prize is worth 50,000 yuan at most. A bound of law, not a setting. */
const dearestPrize = 5_000_000;

export function createLottery({ clock, accounts, roll = randomInt }: Deps) {
  const prizesOf = (db: Executor, lotteryIds: readonly string[]) =>
    db
      .selectFrom('points.prize')
      .selectAll()
      .where(sql<SqlBool>`lottery_id = any(${lotteryIds}::uuid[])`)
      .orderBy('position')
      .execute();
  async function drawnToday(db: Executor, buyerId: string, lotteryId: string, day: string): Promise<number> {
    const { count } = await db
      .selectFrom('points.draw')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('buyerId', '=', buyerId)
      .where('lotteryId', '=', lotteryId)
      .where(sql<SqlBool>`day = ${day}::date`)
      .executeTakeFirstOrThrow();
    return count;
  }

  return {
    /** The one that runs now and ends first. */
    async current(db: Executor, buyerId: string): Promise<LotteryView | null> {
      const now = clock.now();
      const lottery = await db
        .selectFrom('points.lottery')
        .selectAll()
        .where('isOn', '=', true)
        .where('startsAt', '<=', now)
        .where('endsAt', '>', now)
        .orderBy('endsAt')
        .limit(1)
        .executeTakeFirst();
      if (!lottery) return null;
      const { lotteryId, shopId, name, cost, dailyLimit, endsAt } = lottery;
      const prizes = await prizesOf(db, [lotteryId]);
      return {
        lotteryId,
        shopId,
        name,
        cost,
        dailyLimit,
        drawnToday: await drawnToday(db, buyerId, lotteryId, shanghaiDay(now)),
        endsAt: endsAt.toISOString(),
        balance: await accounts.usable(db, buyerId),
        prizes: prizes.map(({ prizeId, name: prize, kind, points, odds, stock, won }) => ({
          prizeId,
          name: prize,
          kind,
          points,
          odds,
          left: kind === 'none' ? 0 : stock - won,
        })),
      };
    },

    /** One request key is one draw. A prize that is gone counts as the consolation, as the page says beforehand. */
    async draw(tx: Tx, buyerId: string, lotteryId: string, requestKey: string): Promise<DrawResult> {
      await accounts.lock(tx, buyerId);
      const before = await tx
        .selectFrom('points.draw')
        .selectAll()
        .where('buyerId', '=', buyerId)
        .where('requestKey', '=', requestKey)
        .executeTakeFirst();
      if (before) {
        const { drawId, prizeId, prizeName, prizeKind, points } = before;
        return { drawId, prizeId, prizeName, kind: prizeKind, points, balance: await accounts.usable(tx, buyerId) };
      }
      const now = clock.now();
      const day = shanghaiDay(now);
      const lottery = await tx
        .selectFrom('points.lottery')
        .selectAll()
        .where('lotteryId', '=', lotteryId)
        .executeTakeFirst();
      if (!lottery) throw errors.lotteryNotFound();
      const { shopId, cost, dailyLimit } = lottery;
      if (!lottery.isOn || lottery.startsAt > now || lottery.endsAt <= now) throw errors.lotteryClosed();
      if ((await drawnToday(tx, buyerId, lotteryId, day)) >= dailyLimit)
        throw errors.lotteryLimit({ limit: dailyLimit });
      const drawId = newId();
      const paying = { sourceKey: `draw:${drawId}`, kind: 'lottery', note: `${lottery.name} 抽奖` };
      await accounts.debit(tx, buyerId, cost, paying);

      const prizes = await prizesOf(tx, [lotteryId]);
      const rolled = roll(oddsWhole);
      const hit = prizeAt(prizes, rolled);
      const consolation = prizes.find(({ kind }) => kind === 'none');
      if (!hit || !consolation) throw errors.lotteryClosed();
      let won = hit;
      if (hit.kind !== 'none') {
        const { numUpdatedRows } = await tx
          .updateTable('points.prize')
          .set((eb) => ({ won: eb('won', '+', 1) }))
          .where('shopId', '=', shopId)
          .where('lotteryId', '=', lotteryId)
          .where('prizeId', '=', hit.prizeId)
          .whereRef('won', '<', 'stock')
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) won = consolation;
      }
      const points = won.kind === 'points' ? won.points : 0;
      await accounts.credit(tx, buyerId, points, {
        sourceKey: `prize:${drawId}`,
        kind: 'prize',
        note: `抽中 ${won.name}`,
      });
      const odds = prizes.map(({ prizeId, odds: chance, stock, won: gone }) => ({
        prizeId,
        odds: chance,
        left: stock - gone,
      }));
      const { prizeId, name: prizeName, kind } = won;
      await tx
        .insertInto('points.draw')
        .values({
          buyerId,
          drawId,
          requestKey,
          shopId,
          lotteryId,
          day,
          roll: rolled,
          hitPrizeId: hit.prizeId,
          prizeId,
          prizeName,
          prizeKind: kind,
          points,
          cost,
          odds: JSON.stringify(odds),
          at: now,
        })
        .execute();
      return { drawId, prizeId, prizeName, kind, points, balance: await accounts.usable(tx, buyerId) };
    },

    async draws(db: Executor, buyerId: string, { cursor, limit }: GrowthQuery): Promise<DrawPage> {
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      if (cursor !== undefined && !after) throw errors.cursorInvalid();
      const rows = await db
        .selectFrom('points.draw')
        .select(['drawId', 'prizeName', 'prizeKind', 'cost', 'at'])
        .where('buyerId', '=', buyerId)
        .$if(after !== undefined, (query) => query.where('drawId', '<', after?.id ?? ''))
        .orderBy('drawId', 'desc')
        .limit(limit + 1)
        .execute();
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(({ prizeKind: kind, at, ...row }) => ({ ...row, kind, at: at.toISOString() })),
        nextCursor: rows.length > limit && last ? encodeCursor({ at: last.at, id: last.drawId }) : null,
      };
    },

    async listOfShop(db: Executor, shopId: string, { page, pageSize }: PageQuery): Promise<LotteryPage> {
      const lotteries = await db
        .selectFrom('points.lottery')
        .selectAll()
        .where('shopId', '=', shopId)
        .orderBy('createdAt', 'desc')
        .offset((page - 1) * pageSize)
        .limit(pageSize)
        .execute();
      const { count } = await db
        .selectFrom('points.lottery')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('shopId', '=', shopId)
        .executeTakeFirstOrThrow();
      const ids = lotteries.map(({ lotteryId }) => lotteryId);
      const prizes = await prizesOf(db, ids);
      const { rows: hits } = await sql<{ prizeId: string; hits: number }>`
        select hit_prize_id as prize_id, count(*)::int as hits from points.draw
        where shop_id = ${shopId} and lottery_id = any(${ids}::uuid[]) group by hit_prize_id`.execute(db);
      const hitsOf = new Map(hits.map((row) => [row.prizeId, row.hits]));
      const items = lotteries.map((lottery): ConsoleLottery => {
        const own = prizes.filter(({ lotteryId }) => lotteryId === lottery.lotteryId);
        return {
          lotteryId: lottery.lotteryId,
          name: lottery.name,
          cost: lottery.cost,
          dailyLimit: lottery.dailyLimit,
          startsAt: lottery.startsAt.toISOString(),
          endsAt: lottery.endsAt.toISOString(),
          isOn: lottery.isOn,
          draws: own.reduce((sum, { prizeId }) => sum + (hitsOf.get(prizeId) ?? 0), 0),
          prizes: own.map(({ prizeId, name, kind, points, value, odds, stock, won }) => ({
            prizeId,
            name,
            kind,
            points,
            value,
            odds,
            stock,
            won,
            hits: hitsOf.get(prizeId) ?? 0,
          })),
        };
      });
      return { items, total: count, page, pageSize };
    },

    /** Odds are fixed once it is open: a change is a new lottery. */
    async open(tx: Tx, shopId: string, { prizes, startsAt, endsAt, ...input }: LotteryInput): Promise<string> {
      const sum = prizes.reduce((total, { odds }) => total + odds, 0);
      if (sum !== oddsWhole) throw errors.oddsWrong({ sum });
      if (prizes.filter(({ kind }) => kind === 'none').length !== 1) throw errors.consolationMissing();
      if (prizes.some(({ value }) => value > dearestPrize)) throw errors.prizeTooDear();
      const lotteryId = newId();
      await tx
        .insertInto('points.lottery')
        .values({
          shopId,
          lotteryId,
          ...input,
          startsAt: new Date(startsAt),
          endsAt: new Date(endsAt),
          isOn: true,
          createdAt: clock.now(),
        })
        .execute();
      await tx
        .insertInto('points.prize')
        .values(prizes.map((prize, position) => ({ shopId, lotteryId, prizeId: newId(), position, ...prize })))
        .execute();
      return lotteryId;
    },

    async stop(tx: Tx, shopId: string, lotteryId: string): Promise<void> {
      const { numUpdatedRows } = await tx
        .updateTable('points.lottery')
        .set({ isOn: false })
        .where('shopId', '=', shopId)
        .where('lotteryId', '=', lotteryId)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw errors.lotteryNotFound();
    },
  };
}
