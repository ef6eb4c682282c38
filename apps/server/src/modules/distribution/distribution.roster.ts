/** Who may distribute for a shop: applying, the shop's decision, and the codes by which links name a distributor. */
import type { ApplyDistributor, DistributionChannel } from '@xiaopu/contracts';
import type { DecideDistributor, DistributorState } from '@xiaopu/contracts/console';
import type { Selectable } from 'kysely';
import { shanghaiDay } from '#platform/clock.ts';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { birthdayOf, codeOf, isAdult } from './distribution.domain.ts';
import * as errors from './distribution.errors.ts';
import type { DistributionDeps } from './distribution.ports.ts';
import type { Program } from './distribution.program.ts';
import type {} from './distribution.tables.ts';

export type Distributor = Selectable<Tables['distribution.distributor']>;
export type Link = Selectable<Tables['distribution.link']>;
export type Roster = ReturnType<typeof createRoster>;

const idPurpose = 'distribution.id_number';
const nameForm = /^[\p{Script=Han}·]{2,30}$|^[A-Za-z][A-Za-z .'-]{1,29}$/u;

const decisions: Record<DecideDistributor['decision'], { from: DistributorState[]; to: DistributorState }> = {
  approve: { from: ['applied'], to: 'active' },
  refuse: { from: ['applied'], to: 'refused' },
  suspend: { from: ['active'], to: 'suspended' },
  resume: { from: ['suspended'], to: 'active' },
};

export function createRoster({ clock, cipher }: Pick<DistributionDeps, 'clock' | 'cipher'>, program: Program) {
  const find = (db: Executor, shopId: string, buyerId: string): Promise<Distributor | undefined> =>
    db
      .selectFrom('distribution.distributor')
      .selectAll()
      .where('shopId', '=', shopId)
      .where('buyerId', '=', buyerId)
      .executeTakeFirst();

  /** @throws distribution.not_distributor for anyone who never was one */
  async function need(db: Executor, shopId: string, buyerId: string): Promise<Distributor> {
    const found = await find(db, shopId, buyerId);
    if (!found || found.state === 'applied' || found.state === 'refused') throw errors.notDistributor();
    return found;
  }

  async function needActive(db: Executor, shopId: string, buyerId: string): Promise<Distributor> {
    const found = await need(db, shopId, buyerId);
    if (found.state !== 'active') throw errors.notActive();
    return found;
  }

  const findLink = (db: Executor, code: string): Promise<Link | undefined> =>
    db.selectFrom('distribution.link').selectAll().where('code', '=', code).executeTakeFirst();

  /** The same wish gives the same link; one statement when it is there already. */
  async function linkOf(
    db: Executor,
    wish: { shopId: string; buyerId: string; spuId: string | null; channel: DistributionChannel },
  ): Promise<string> {
    for (let attempt = 0; ; attempt += 1) {
      const code = codeOf(wish, attempt);
      const known = await findLink(db, code);
      const isSame =
        known?.shopId === wish.shopId &&
        known.buyerId === wish.buyerId &&
        known.spuId === wish.spuId &&
        known.channel === wish.channel;
      if (isSame) return code;
      if (known) continue;
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('distribution.link')
        .values({ code, ...wish, createdAt: clock.now() })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 1n) return code;
      // Somebody was quicker: the same wish, or a clash. The next look tells.
      attempt -= 1;
    }
  }

  return {
    find,
    need,
    needActive,
    findLink,
    linkOf,

    ofBuyer: (db: Executor, buyerId: string): Promise<Distributor[]> =>
      db.selectFrom('distribution.distributor').selectAll().where('buyerId', '=', buyerId).execute(),

    /** Those of `buyerIds` who are active in the shop, with their parents. One statement. */
    async activeAmong(db: Executor, shopId: string, buyerIds: readonly string[]): Promise<Map<string, string | null>> {
      if (buyerIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('distribution.distributor')
        .select(['buyerId', 'parentId'])
        .where('shopId', '=', shopId)
        .where('buyerId', 'in', [...buyerIds])
        .where('state', '=', 'active')
        .execute();
      return new Map(rows.map(({ buyerId, parentId }) => [buyerId, parentId]));
    },

    /**
     * Costs nothing and asks for nothing to be bought. Whoever was refused may apply again. `parentId`: the
     * distributor this buyer is a customer of, if any.
     */
    async apply(
      tx: Tx,
      shopId: string,
      buyerId: string,
      { realName, idNumber, consent }: ApplyDistributor,
      parentId: string | null,
    ): Promise<void> {
      if (!program.isOn(shopId)) throw errors.programOff();
      if (!consent) throw errors.consentNeeded();
      const name = realName.trim();
      if (!nameForm.test(name)) throw errors.realNameWrong();
      const number = idNumber.trim().toUpperCase();
      const birthday = birthdayOf(number);
      if (birthday === undefined) throw errors.idNumberWrong();
      const now = clock.now();
      if (!isAdult(birthday, shanghaiDay(now))) throw errors.adultsOnly();
      const known = await find(tx, shopId, buyerId);
      if (known && known.state !== 'refused') throw errors.alreadyApplied();
      const idIndex = cipher.blindIndex(idPurpose, number);
      const fields = {
        state: 'applied' as const,
        parentId: known?.parentId ?? parentId,
        realName: cipher.encrypt(name),
        idNumber: cipher.encrypt(number),
        idIndex,
        consentedAt: now,
        appliedAt: now,
        decidedAt: null,
        decidedBy: null,
        reason: '',
      };
      const taken = await tx
        .selectFrom('distribution.distributor')
        .select('buyerId')
        .where('shopId', '=', shopId)
        .where('idIndex', '=', idIndex)
        .where('state', '<>', 'refused')
        .executeTakeFirst();
      if (taken) throw errors.personTaken();
      // On a clash of the person's index nothing happens: somebody else was quicker by a moment.
      const { rows } = known
        ? {
            rows: await tx
              .updateTable('distribution.distributor')
              .set(fields)
              .where('shopId', '=', shopId)
              .where('buyerId', '=', buyerId)
              .where('state', '=', 'refused')
              .returning('buyerId')
              .execute(),
          }
        : {
            rows: await tx
              .insertInto('distribution.distributor')
              .values({ shopId, buyerId, ...fields })
              .onConflict((conflict) => conflict.doNothing())
              .returning('buyerId')
              .execute(),
          };
      if (rows.length === 0) throw errors.alreadyApplied();
    },

    /** @returns the state before and after. Repeating a decision changes nothing. */
    async decide(
      tx: Tx,
      shopId: string,
      buyerId: string,
      { decision, reason = '' }: DecideDistributor,
      by: string,
    ): Promise<DistributorState> {
      const { from, to } = decisions[decision];
      const row = await tx
        .selectFrom('distribution.distributor')
        .select('state')
        .where('shopId', '=', shopId)
        .where('buyerId', '=', buyerId)
        .forUpdate()
        .executeTakeFirst();
      if (!row) throw errors.distributorUnknown();
      if (row.state === to) return to;
      if (!from.includes(row.state)) throw errors.stateRefused();
      await tx
        .updateTable('distribution.distributor')
        .set({ state: to, decidedAt: clock.now(), decidedBy: by, reason: reason.trim() })
        .where('shopId', '=', shopId)
        .where('buyerId', '=', buyerId)
        .execute();
      return to;
    },
  };
}
