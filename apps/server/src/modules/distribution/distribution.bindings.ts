/** Links bring visits, visits bind customers: guests once they log in, nobody to themselves, each shop for itself. */
import type { DistributionChannel, LinkLanding } from '@xiaopu/contracts';
import type { Selectable } from 'kysely';
import { dayMs } from '#platform/clock.ts';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { maskName } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import { bindingMove } from './distribution.domain.ts';
import { linkUnknown } from './distribution.errors.ts';
import type { DistributionDeps } from './distribution.ports.ts';
import type { Program } from './distribution.program.ts';
import type { Roster } from './distribution.roster.ts';

export type Binding = Selectable<Tables['distribution.binding']>;
export type Bindings = ReturnType<typeof createBindings>;
type Visit = Selectable<Tables['distribution.visit']>;

type Deps = Pick<DistributionDeps, 'clock' | 'kinship' | 'faces' | 'shopNames'>;

export const nobody = '微信用户';

export function createBindings({ clock, kinship, faces, shopNames }: Deps, program: Program, roster: Roster) {
  const current = (db: Executor, buyerId: string, shopId: string): Promise<Binding | undefined> =>
    db
      .selectFrom('distribution.binding')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('shopId', '=', shopId)
      .where('endedAt', 'is', null)
      .executeTakeFirst();

  /** @returns whether the buyer is this distributor's customer now */
  async function bind(tx: Tx, visit: Omit<Visit, 'visitId'>): Promise<boolean> {
    const { buyerId, shopId, distributorId, code, channel } = visit;
    if ((await kinship(tx, buyerId, distributorId)) !== 'other') return false;
    if (!(await roster.activeAmong(tx, shopId, [distributorId])).has(distributorId)) return false;
    for (;;) {
      const known = await tx
        .selectFrom('distribution.binding')
        .selectAll()
        .where('buyerId', '=', buyerId)
        .where('shopId', '=', shopId)
        .where('endedAt', 'is', null)
        .forUpdate()
        .executeTakeFirst();
      const at = clock.now();
      const protectedUntil = new Date(at.getTime() + program.protectionDays(shopId) * dayMs);
      const move = bindingMove(program.bindingRule(shopId), known, { distributorId, at });
      if (move === 'keep') return known?.distributorId === distributorId;
      if (known && move === 'renew') {
        await change(tx, known, { protectedUntil });
        return true;
      }
      if (known) await change(tx, known, { endedAt: at, allowsLookAt: null });
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('distribution.binding')
        .values({
          ...{ buyerId, bindingId: newId(), shopId, distributorId, code, channel, boundAt: at, protectedUntil },
          endedAt: null,
          allowsLookAt: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 1n) return true;
      // Another link was quicker by a moment: its binding is looked at like any other.
    }
  }

  const change = (
    tx: Tx,
    { buyerId, bindingId }: Binding,
    set: { protectedUntil?: Date; endedAt?: Date; allowsLookAt?: Date | null },
  ) =>
    tx
      .updateTable('distribution.binding')
      .set(set)
      .where('buyerId', '=', buyerId)
      .where('bindingId', '=', bindingId)
      .execute();

  return {
    current,

    /** A shopper came through a link. A guest is remembered and bound after logging in. */
    async visit(
      tx: Tx,
      { buyerId, isGuest }: { buyerId: string; isGuest: boolean },
      code: string,
    ): Promise<LinkLanding> {
      const link = await roster.findLink(tx, code);
      const distributor = link && (await roster.find(tx, link.shopId, link.buyerId));
      if (!link || !distributor) throw linkUnknown();
      const { shopId, spuId, channel } = link;
      const distributorId = link.buyerId;
      const isOpen = program.isOn(shopId) && distributor.state === 'active';
      let isBound = false;
      if (isOpen && distributorId !== buyerId) {
        const visit = { buyerId, shopId, code, distributorId, channel, at: clock.now() };
        await tx
          .insertInto('distribution.visit')
          .values({ ...visit, visitId: newId() })
          .execute();
        isBound = !isGuest && (await bind(tx, visit));
      }
      const [names, people] = [await shopNames(tx, [shopId]), await faces(tx, [distributorId])];
      const guideName = maskName(people.get(distributorId)?.nickname ?? nobody);
      return { shopId, shopName: names.get(shopId) ?? '', spuId, guideName, isBound };
    },

    /** What a guest saw becomes the buyer's, link by link in the order of time; a second delivery finds nothing left. */
    async guestMerged(tx: Tx, guestId: string, buyerId: string): Promise<void> {
      const visits = await tx.deleteFrom('distribution.visit').where('buyerId', '=', guestId).returningAll().execute();
      if (visits.length === 0) return;
      visits.sort((one, other) => one.at.getTime() - other.at.getTime());
      const moved = visits.filter(({ distributorId }) => distributorId !== buyerId).map((row) => ({ ...row, buyerId }));
      if (moved.length === 0) return;
      await tx.insertInto('distribution.visit').values(moved).execute();
      for (const visit of moved) if (program.isOn(visit.shopId)) await bind(tx, visit);
    },

    /** Whose customer the buyer was then. One statement. */
    at: (db: Executor, buyerId: string, shopId: string, at: Date): Promise<Binding | undefined> =>
      db
        .selectFrom('distribution.binding')
        .selectAll()
        .where('buyerId', '=', buyerId)
        .where('shopId', '=', shopId)
        .where('boundAt', '<=', at)
        .where((eb) => eb.or([eb('endedAt', 'is', null), eb('endedAt', '>', at)]))
        .orderBy('boundAt', 'desc')
        .limit(1)
        .executeTakeFirst(),

    /** First and last link before an order (C01-ECO-01). One statement. */
    async touches(
      db: Executor,
      buyerId: string,
      shopId: string,
      before: Date,
    ): Promise<{ first: DistributionChannel | null; last: DistributionChannel | null }> {
      const rows = await db
        .selectFrom('distribution.visit')
        .select('channel')
        .where('buyerId', '=', buyerId)
        .where('shopId', '=', shopId)
        .where('at', '<=', before)
        .orderBy('at')
        .execute();
      return { first: rows[0]?.channel ?? null, last: rows.at(-1)?.channel ?? null };
    },
  };
}
