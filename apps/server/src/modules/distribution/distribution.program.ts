/** A shop's programme: its numbers are policies, its words and the rates of goods are rows. */
import type { ProgramTerms } from '@xiaopu/contracts';
import type {
  CommissionRateList,
  ConsoleProgram,
  RateTarget,
  SaveCommissionRate,
  SaveProgram,
} from '@xiaopu/contracts/console';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Policy } from '#platform/policy.ts';
import { bindingRules, type Rates } from './distribution.domain.ts';
import { rateTargetUnknown, rateTooHigh, rateUnknown } from './distribution.errors.ts';
import * as policy from './distribution.policies.ts';
import type { DistributionDeps } from './distribution.ports.ts';
import type { TaxRule } from './distribution.tax.ts';

type Deps = Pick<DistributionDeps, 'clock' | 'policies' | 'windowDays' | 'cards' | 'categoryNames'>;
export type Program = ReturnType<typeof createProgram>;

const defaultNote = '佣金可能涉及个人所得税，以税法规定和商家说明为准。';

export function createProgram({ clock, policies, windowDays, cards, categoryNames }: Deps) {
  const noteOf = async (db: Executor, shopId: string): Promise<string> =>
    (
      await db
        .selectFrom('distribution.program')
        .select('withholdingNote')
        .where('shopId', '=', shopId)
        .executeTakeFirst()
    )?.withholdingNote ?? defaultNote;

  const ratesOfShop = (shopId: string): Rates => ({
    firstRate: policies.get(policy.firstRate, shopId),
    secondRate: policies.get(policy.secondRate, shopId),
  });

  function refuseTooHigh({ firstRate, secondRate }: Rates): void {
    const cap = policies.get(policy.rateCap);
    if (firstRate + secondRate > cap) throw rateTooHigh({ cap });
  }

  async function listRates(db: Executor, shopId: string): Promise<CommissionRateList> {
    const rows = await db
      .selectFrom('distribution.rate')
      .selectAll()
      .where('shopId', '=', shopId)
      .orderBy('scope')
      .orderBy('changedAt', 'desc')
      .execute();
    const products = await cards(
      db,
      rows.flatMap(({ scope, targetId }) => (scope === 'product' ? [targetId] : [])),
    );
    const categories = await categoryNames();
    return {
      items: rows.map(({ shopId: _shop, changedAt, ...row }) => ({
        ...row,
        name: (row.scope === 'product' ? products.get(row.targetId)?.title : categories.get(row.targetId)) ?? '',
        changedAt: changedAt.toISOString(),
      })),
    };
  }

  const program = {
    isOn: (shopId: string): boolean => policies.get(policy.programOn, shopId) === 1,
    levels: (shopId: string): number => policies.get(policy.levelsOf, shopId),
    countsOwnPurchases: (shopId: string): boolean => policies.get(policy.ownPurchases, shopId) === 1,
    bindingRule: (shopId: string) => bindingRules[policies.get(policy.bindingRule, shopId)] ?? 'first_link',
    protectionDays: (shopId: string): number => policies.get(policy.protectionDays, shopId),
    minimumWithdrawal: (shopId: string): number => policies.get(policy.minimumWithdrawal, shopId),
    reviewFrom: (shopId: string): number => policies.get(policy.reviewFrom, shopId),
    secondFactorFrom: (shopId: string): number => policies.get(policy.secondFactorFrom, shopId),
    taxRule: (shopId: string): TaxRule => ({
      isOn: policies.get(policy.taxOn, shopId) === 1,
      deduction: policies.get(policy.taxDeduction, shopId),
      rate: policies.get(policy.taxRate, shopId),
    }),
    rateCap: (): number => policies.get(policy.rateCap),
    noteOf,

    terms: (shopId: string, withholdingNote: string): ProgramTerms => ({
      levels: program.levels(shopId),
      ...ratesOfShop(shopId),
      bindingRule: program.bindingRule(shopId),
      protectionDays: program.protectionDays(shopId),
      ownPurchases: program.countsOwnPurchases(shopId),
      windowDays: windowDays(shopId),
      minimumWithdrawal: program.minimumWithdrawal(shopId),
      reviewFrom: program.reviewFrom(shopId),
      secondFactorFrom: program.secondFactorFrom(shopId),
      tax: program.taxRule(shopId),
      withholdingNote,
    }),

    /** One statement. */
    async rules(db: Executor, shopId: string) {
      const rows = await db
        .selectFrom('distribution.rate')
        .select(['scope', 'targetId', 'firstRate', 'secondRate'])
        .where('shopId', '=', shopId)
        .execute();
      const of = (wanted: string) =>
        new Map(rows.filter(({ scope }) => scope === wanted).map((row) => [row.targetId, row]));
      return { byProduct: of('product'), byCategory: of('category'), ofShop: ratesOfShop(shopId) };
    },

    async view(db: Executor, shopId: string): Promise<ConsoleProgram> {
      const terms = program.terms(shopId, await noteOf(db, shopId));
      return { isOn: program.isOn(shopId), terms, rateCap: program.rateCap() };
    },

    async save(tx: Tx, shopId: string, input: SaveProgram, by: string): Promise<void> {
      refuseTooHigh(input);
      const numbers: [Policy, number][] = [
        [policy.programOn, input.isOn ? 1 : 0],
        [policy.levelsOf, input.levels],
        [policy.bindingRule, bindingRules.indexOf(input.bindingRule)],
        [policy.protectionDays, input.protectionDays],
        [policy.ownPurchases, input.ownPurchases ? 1 : 0],
        [policy.firstRate, input.firstRate],
        [policy.secondRate, input.secondRate],
        [policy.minimumWithdrawal, input.minimumWithdrawal],
        [policy.reviewFrom, input.reviewFrom],
        ...(input.secondFactorFrom === undefined
          ? []
          : [[policy.secondFactorFrom, input.secondFactorFrom] as [Policy, number]]),
        ...(input.tax === undefined
          ? []
          : ([
              [policy.taxOn, input.tax.isOn ? 1 : 0],
              [policy.taxDeduction, input.tax.deduction],
              [policy.taxRate, input.tax.rate],
            ] as [Policy, number][])),
      ];
      for (const [{ key, ...one }, value] of numbers)
        if (policies.get({ key, ...one }, shopId) !== value) await policies.set(tx, { key, value, shopId, by });
      const row = { withholdingNote: input.withholdingNote.trim(), changedBy: by, changedAt: clock.now() };
      await tx
        .insertInto('distribution.program')
        .values({ shopId, ...row })
        .onConflict((conflict) => conflict.column('shopId').doUpdateSet(row))
        .execute();
    },

    listRates,

    async saveRate(tx: Tx, shopId: string, input: SaveCommissionRate, by: string): Promise<string> {
      refuseTooHigh(input);
      const product = input.scope === 'product' ? (await cards(tx, [input.targetId])).get(input.targetId) : undefined;
      const name =
        input.scope === 'category'
          ? (await categoryNames()).get(input.targetId)
          : product?.shopId === shopId
            ? product.title
            : undefined;
      if (name === undefined) throw rateTargetUnknown();
      const { firstRate, secondRate } = input;
      const row = { firstRate, secondRate, changedBy: by, changedAt: clock.now() };
      await tx
        .insertInto('distribution.rate')
        .values({ shopId, scope: input.scope, targetId: input.targetId, ...row })
        .onConflict((conflict) => conflict.columns(['shopId', 'scope', 'targetId']).doUpdateSet(row))
        .execute();
      return name;
    },

    async removeRate(tx: Tx, shopId: string, { scope, targetId }: RateTarget): Promise<void> {
      const { numDeletedRows } = await tx
        .deleteFrom('distribution.rate')
        .where('shopId', '=', shopId)
        .where('scope', '=', scope)
        .where('targetId', '=', targetId)
        .executeTakeFirst();
      if (numDeletedRows === 0n) throw rateUnknown();
    },
  };
  return program;
}
