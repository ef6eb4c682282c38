/** 新品试用 (C06-WCM-02): so many places for members of some tiers, first come first served, one a person. */
import type { ProductCard, Tier, Trial, TrialState } from '@xiaopu/contracts';
import type { ConsoleTrial, ConsoleTrialPage, NewTrial, TrialApplications } from '@xiaopu/contracts/console';
import { type Selectable, sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { defineError } from '#platform/errors.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';

export const trialUnknown = defineError('trials.not_found', 'not_found', '没有找到这个试用');
export const trialNotForYou = defineError('trials.not_for_you', 'forbidden', '这个试用只对指定等级开放');
export const trialGone = defineError('trials.gone', 'conflict', '名额已满');
export const trialClosed = defineError('trials.closed', 'conflict', '试用未开始或已结束');
export const trialInvalid = defineError<{ reason: string }>('trials.invalid', 'unprocessable', ({ reason }) => reason);
export const addressUnknown = defineError('trials.address_not_found', 'not_found', '没有找到这个收货地址');

export interface Recipient {
  name: string;
  phone: string;
  province: string;
  city: string;
  district: string;
  detail: string;
}
export interface TrialsDeps {
  clock: Clock;
  cipher: Pick<FieldCipher, 'encrypt' | 'decrypt'>;
  tierOf(db: Executor, buyerId: string): Promise<Tier>;
  cards(db: Executor, spuIds: string[]): Promise<Map<string, ProductCard>>;
  /** Whether the product is the shop's own. */
  isOwnProduct(db: Executor, shopId: string, spuId: string): Promise<boolean>;
  findAddress(db: Executor, buyerId: string, addressId: string): Promise<Recipient | undefined>;
  nicknames(db: Executor, buyerIds: string[]): Promise<Map<string, { nickname: string }>>;
}
export type Trials = ReturnType<typeof createTrials>;
type Row = Selectable<Tables['trials.trial']>;

const shown = 50;

export function createTrials(deps: TrialsDeps) {
  const { clock, cipher, tierOf, cards, isOwnProduct, findAddress, nicknames } = deps;

  function phaseOf({ opensAt, closesAt, taken, places }: Row): 'upcoming' | 'open' | 'gone' | 'over' {
    const now = clock.now();
    if (now >= closesAt) return 'over';
    if (now < opensAt) return 'upcoming';
    return taken >= places ? 'gone' : 'open';
  }
  const find = (db: Executor, trialId: string) =>
    db.selectFrom('trials.trial').selectAll().where('trialId', '=', trialId).executeTakeFirst();

  async function own(db: Executor, shopId: string, trialId: string): Promise<Row> {
    const row = await find(db, trialId);
    if (row?.shopId !== shopId) throw trialUnknown();
    return row;
  }

  return {
    /** Those that are on or come, and the ones the buyer is in. */
    async list(db: Executor, buyerId: string): Promise<Trial[]> {
      const rows = await db
        .selectFrom('trials.trial')
        .leftJoin('trials.application', (join) =>
          join
            .onRef('trials.application.trialId', '=', 'trials.trial.trialId')
            .on('trials.application.buyerId', '=', buyerId),
        )
        .selectAll('trials.trial')
        .select(['trials.application.waybill', 'trials.application.appliedAt'])
        .where((eb) =>
          eb.or([eb('trials.trial.closesAt', '>', clock.now()), eb('trials.application.appliedAt', 'is not', null)]),
        )
        .orderBy('trials.trial.opensAt', 'desc')
        .limit(shown)
        .execute();
      const tier = await tierOf(db, buyerId);
      const products = await cards(
        db,
        rows.map(({ spuId }) => spuId),
      );
      return rows.flatMap((row): Trial[] => {
        const product = products.get(row.spuId);
        if (!product) return [];
        const phase = phaseOf(row);
        const state: TrialState = row.appliedAt
          ? 'applied'
          : phase !== 'over' && !row.tiers.includes(tier)
            ? 'not_for_you'
            : phase;
        const { trialId, shopId, text, places, taken, tiers } = row;
        return [
          {
            ...{ trialId, shopId, product, text, places, tiers, state },
            left: places - taken,
            opensAt: row.opensAt.toISOString(),
            closesAt: row.closesAt.toISOString(),
            waybill: row.waybill ?? '',
          },
        ];
      });
    },

    /** The trial's row gives out the last place once; asking again changes nothing. */
    async apply(tx: Tx, buyerId: string, trialId: string, addressId: string): Promise<void> {
      const trial = await tx
        .selectFrom('trials.trial')
        .selectAll()
        .where('trialId', '=', trialId)
        .forUpdate()
        .executeTakeFirst();
      if (!trial) throw trialUnknown();
      const before = await tx
        .selectFrom('trials.application')
        .select('appliedAt')
        .where('buyerId', '=', buyerId)
        .where('trialId', '=', trialId)
        .executeTakeFirst();
      if (before) return;
      if (!trial.tiers.includes(await tierOf(tx, buyerId))) throw trialNotForYou();
      const phase = phaseOf(trial);
      if (phase === 'gone') throw trialGone();
      if (phase !== 'open') throw trialClosed();
      const address = await findAddress(tx, buyerId, addressId);
      if (!address) throw addressUnknown();
      const { name, phone, province, city, district, detail } = address;
      const recipient = cipher.encrypt(JSON.stringify({ name, phone, text: `${province}${city}${district}${detail}` }));
      const { shopId } = trial;
      await tx
        .insertInto('trials.application')
        .values({ buyerId, trialId, shopId, recipient, appliedAt: clock.now(), sentAt: null })
        .execute();
      await tx
        .updateTable('trials.trial')
        .set({ taken: trial.taken + 1 })
        .where('trialId', '=', trialId)
        .execute();
    },

    async create(tx: Tx, { shopId, staffName }: { shopId: string; staffName: string }, input: NewTrial): Promise<void> {
      const { opensAt, closesAt } = input;
      if (closesAt <= opensAt) throw trialInvalid({ reason: '结束时间要晚于开始时间' });
      if (!(await isOwnProduct(tx, shopId, input.spuId))) throw trialUnknown();
      await tx
        .insertInto('trials.trial')
        .values({
          ...input,
          shopId,
          opensAt: new Date(opensAt),
          closesAt: new Date(closesAt),
          createdBy: staffName,
          createdAt: clock.now(),
        })
        .onConflict((conflict) => conflict.column('trialId').doNothing())
        .execute();
    },

    async page(
      db: Executor,
      shopId: string,
      { page, pageSize }: { page: number; pageSize: number },
    ): Promise<ConsoleTrialPage> {
      const { rows } = await sql<Row & { sent: number; total: number }>`
        select t.*, (count(*) over ())::int as total,
          (select count(*)::int from trials.application a where a.trial_id = t.trial_id and a.sent_at is not null) as sent
        from trials.trial t where t.shop_id = ${shopId} order by t.opens_at desc, t.trial_id
        offset ${(page - 1) * pageSize} limit ${pageSize}`.execute(db);
      const products = await cards(
        db,
        rows.map(({ spuId }) => spuId),
      );
      const items = rows.map((row): ConsoleTrial => {
        const { trialId, spuId, text, places, taken, tiers, sent, createdBy } = row;
        return {
          ...{ trialId, spuId, text, places, taken, tiers, sent, createdBy, state: phaseOf(row) },
          title: products.get(spuId)?.title ?? '已下架的商品',
          opensAt: row.opensAt.toISOString(),
          closesAt: row.closesAt.toISOString(),
        };
      });
      return { items, total: rows[0]?.total ?? 0, page, pageSize };
    },

    /** With names and addresses in full: they go on the parcels. */
    async applications(db: Executor, shopId: string, trialId: string): Promise<TrialApplications> {
      await own(db, shopId, trialId);
      const rows = await db
        .selectFrom('trials.application')
        .selectAll()
        .where('trialId', '=', trialId)
        .orderBy('appliedAt')
        .limit(10_000)
        .execute();
      const names = await nicknames(
        db,
        rows.map(({ buyerId }) => buyerId),
      );
      return {
        items: rows.map(({ buyerId, recipient, appliedAt, waybill }) => ({
          buyerId,
          nickname: names.get(buyerId)?.nickname ?? '微信用户',
          recipient: JSON.parse(cipher.decrypt(recipient)) as { name: string; phone: string; text: string },
          appliedAt: appliedAt.toISOString(),
          waybill,
        })),
      };
    },

    async send(tx: Tx, shopId: string, trialId: string, buyerId: string, waybill: string): Promise<void> {
      await own(tx, shopId, trialId);
      const sent = await tx
        .updateTable('trials.application')
        .set({ waybill, sentAt: clock.now() })
        .where('buyerId', '=', buyerId)
        .where('trialId', '=', trialId)
        .returning('buyerId')
        .executeTakeFirst();
      if (!sent) throw trialUnknown();
    },
  };
}
