/** Claiming, holding and using coupons. */
import type { ClaimableCoupon, ClaimCoupon, MyCoupon, MyCouponPage, MyCouponQuery } from '@xiaopu/contracts';
import type { CouponsGranted } from '@xiaopu/contracts/console';
import type { Coupon, PriceResult } from '@xiaopu/pricing';
import { LRUCache } from 'lru-cache';
import { type Clock, hourMs, minuteMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Policies } from '#platform/policy.ts';
import {
  type CouponRow,
  faceOf,
  faceOfTerms,
  type MerchantCoupon,
  merchantCouponOf,
  phaseOf,
  type Template,
  toOffer,
  validityTextOf,
} from './coupons.domain.ts';
import { claimLimit, couponsGone, couponTaken, notClaimable, notForYou, templateUnknown } from './coupons.errors.ts';
import { couponLiability } from './coupons.liability.ts';
import { createNearbyCoupons, type NearbyDeps } from './coupons.nearby.ts';
import { createPackets, type PacketsDeps } from './coupons.packets.ts';
import { remindHours } from './coupons.policies.ts';
import * as repository from './coupons.repository.ts';
import { createCouponTemplates } from './coupons.templates.service.ts';

export interface CouponsDeps extends Pick<PacketsDeps, 'kinship' | 'nicknames'>, Pick<NearbyDeps, 'distancesTo'> {
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  shopNames(db: Executor, shopIds: string[]): Promise<Map<string, string>>;
  /** Layers of a buyer (新客, VIP), for coupons that are only for some. */
  audiencesOf(db: Executor, buyerId: string): Promise<readonly string[]>;
  /** Physical stores of a shop. */
  storesOf(db: Executor, shopId: string): Promise<{ storeId: string; name: string }[]>;
}

export type Coupons = ReturnType<typeof createCoupons>;

const ttlMs = minuteMs;
export interface Goods {
  skuId: string;
  spuId: string;
  shopId: string;
  categoryIds: readonly string[];
}

function mayUseOn({ scope, shopId, platform }: Template, goods: Goods): boolean {
  const meets = (wanted: readonly string[]) => wanted.some((id) => goods.categoryIds.includes(id));
  return (
    (platform || shopId === goods.shopId) &&
    (!scope.categoryIds || meets(scope.categoryIds)) &&
    (!scope.spuIds || scope.spuIds.includes(goods.spuId)) &&
    !(scope.excludeCategoryIds && meets(scope.excludeCategoryIds)) &&
    !scope.excludeSpuIds?.includes(goods.spuId)
  );
}

export function createCoupons(deps: CouponsDeps) {
  const { clock, outbox, policies, shopNames, audiencesOf, kinship, nicknames } = deps;
  const kept = new LRUCache<'open', Promise<Template[]>>({ max: 1, ttl: ttlMs });

  /** Templates anybody may come upon, in memory: every product page asks for them. */
  function openTemplates(db: Executor): Promise<Template[]> {
    const known = kept.get('open');
    if (known) return known;
    const loading = db
      .selectFrom('coupons.template')
      .selectAll()
      .where('channel', 'in', ['public', 'nearby'])
      .where('paused', '=', false)
      .where('claimUntil', '>', clock.now())
      .orderBy('templateId', 'desc')
      .limit(500)
      .execute();
    kept.set('open', loading);
    loading.catch(() => kept.delete('open'));
    return loading;
  }

  async function namesOf(db: Executor, shopIds: readonly string[]): Promise<Map<string, string>> {
    return shopIds.length > 0 ? shopNames(db, [...new Set(shopIds)]) : new Map();
  }

  /** Claimable templates as this buyer sees them: two statements, fewer when memory is fresh. */
  async function claimable(
    db: Executor,
    buyerId: string,
    filter: (template: Template) => boolean,
  ): Promise<ClaimableCoupon[]> {
    const templates = (await openNow(db)).filter((template) => template.channel === 'public' && filter(template));
    return asClaimable(db, buyerId, templates);
  }

  async function openNow(db: Executor): Promise<Template[]> {
    const now = clock.now();
    return (await openTemplates(db)).filter((template) => phaseOf(template, now) === 'running');
  }

  async function asClaimable(
    db: Executor,
    buyerId: string,
    templates: readonly Template[],
  ): Promise<ClaimableCoupon[]> {
    const held = await repository.heldCounts(
      db,
      buyerId,
      templates.map(({ templateId }) => templateId),
    );
    const nameOf = await namesOf(
      db,
      templates.map(({ shopId }) => shopId),
    );
    return templates.map((template): ClaimableCoupon => {
      const { templateId, shopId, platform, totalLimit, claimed, perUserLimit } = template;
      const left = Math.max(0, perUserLimit - (held.get(templateId) ?? 0));
      const isGone = totalLimit !== null && claimed >= totalLimit;
      return {
        templateId,
        shopId: platform ? null : shopId,
        shopName: platform ? '平台券' : (nameOf.get(shopId) ?? ''),
        ...faceOf(template),
        validityText: validityTextOf(template),
        claimedPercent: totalLimit === null ? null : Math.min(100, Math.floor((claimed * 100) / totalLimit)),
        state: left === 0 ? 'claimed' : isGone ? 'gone' : 'open',
        left,
      };
    });
  }

  const mine = (row: CouponRow, nameOf: Map<string, string>): MyCoupon => {
    const isOver = row.status === 'held' && row.expiresAt <= clock.now();
    const isPlatform = row.terms.rule.scope?.shopId === undefined;
    return {
      couponId: row.couponId,
      templateId: row.templateId,
      shopId: isPlatform ? null : row.shopId,
      shopName: isPlatform ? '平台券' : (nameOf.get(row.shopId) ?? ''),
      ...faceOfTerms(row.terms),
      status: isOver ? 'expired' : row.status,
      validFrom: row.validFrom.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      claimedAt: row.claimedAt.toISOString(),
      usedAt: row.usedAt?.toISOString() ?? null,
      orderNos: row.status === 'used' || row.status === 'locked' ? row.orderNos : [],
    };
  };

  async function give(
    tx: Tx,
    template: Template,
    buyerId: string,
    source: CouponRow['source'],
    sourceRef?: string,
  ): Promise<CouponRow | undefined> {
    const layers = template.layerOffs.length > 0 ? await audiencesOf(tx, buyerId) : [];
    const row = await repository.insertCoupon(tx, template, { buyerId, source, now: clock.now(), layers, sourceRef });
    if (row) {
      const { couponId, templateId, shopId } = row;
      await outbox.publish(tx, 'coupons.coupon_claimed', { buyerId, couponId, templateId, shopId });
    }
    return row;
  }

  async function moved(
    tx: Tx,
    buyerId: string,
    status: 'used' | 'held',
    coupons: readonly repository.Moved[],
  ): Promise<void> {
    for (const { couponId, shopId } of coupons)
      await outbox.publish(tx, 'coupons.coupon_moved', { buyerId, couponId, shopId, status });
  }

  const { ownTemplate, ...templates } = createCouponTemplates({ clock, outbox, storesOf: deps.storesOf });

  const near = createNearbyCoupons({
    ...{ clock, policies, distancesTo: deps.distancesTo, claimable: asClaimable },
    openNearby: async (db) => (await openNow(db)).filter(({ channel }) => channel === 'nearby'),
  });

  const packets = createPackets({ clock, policies, give, kinship, nicknames, shopNames });

  return {
    ...templates,
    ...packets,
    ...near,
    forget: () => kept.clear(),
    storesOf: deps.storesOf,

    centre: async (db: Executor, buyerId: string): Promise<ClaimableCoupon[]> => claimable(db, buyerId, () => true),
    /** Coupons for one product's page. */
    forProduct: (db: Executor, buyerId: string, goods: Goods): Promise<ClaimableCoupon[]> =>
      claimable(db, buyerId, (template) => mayUseOn(template, goods)),

    async claim(tx: Tx, buyerId: string, wanted: ClaimCoupon): Promise<MyCoupon> {
      const now = clock.now();
      const template = await repository.takePlace(tx, wanted, now);
      if (!template) {
        const known = await repository.findTemplate(tx, wanted);
        // A code must not tell whether it exists; a coupon that only staff give is nobody's to claim.
        if (!known || !['public', 'code', 'nearby'].includes(known.channel)) throw templateUnknown();
        if (phaseOf(known, now) !== 'running') throw notClaimable();
        const held = await repository.heldCounts(tx, buyerId, [known.templateId]);
        throw (held.get(known.templateId) ?? 0) >= known.perUserLimit ? claimLimit() : couponsGone();
      }
      // Thrown after the place was taken: the transaction gives it back.
      const isByCode = 'code' in wanted;
      const byItself = template.channel === 'public' || template.channel === 'nearby';
      if (isByCode ? template.channel !== 'code' : !byItself) throw templateUnknown();
      await near.checkFence(tx, template, isByCode ? undefined : wanted.at);
      if (template.audiences.length > 0) {
        const layers = await audiencesOf(tx, buyerId);
        if (!template.audiences.some((layer) => layers.includes(layer))) throw notForYou();
      }
      const row = await give(tx, template, buyerId, isByCode ? 'code' : 'claim');
      if (!row) throw claimLimit();
      return mine(row, await namesOf(tx, [row.shopId]));
    },

    async listOf(
      db: Executor,
      buyerId: string,
      { tab = 'usable', cursor, limit }: MyCouponQuery,
    ): Promise<MyCouponPage> {
      const after = cursor && /^[0-9a-f-]{36}$/.test(cursor) ? cursor : undefined;
      const rows = await repository.pageOf(db, buyerId, { tab, now: clock.now(), after, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const nameOf = await namesOf(
        db,
        page.map(({ shopId }) => shopId),
      );
      return {
        items: page.map((row) => mine(row, nameOf)),
        nextCursor: rows.length > limit ? (page.at(-1)?.couponId ?? null) : null,
      };
    },

    /** For the price pipeline. One statement; none when an order names no coupon. */
    async offers(
      db: Executor,
      question: {
        buyerId: string;
        at: Date;
        purpose: 'preview' | 'place';
        choice: { couponIds?: readonly string[] | 'best' | 'none' };
      },
    ): Promise<{ coupons?: (Coupon & { scopeText: string })[] }> {
      const { buyerId, at, purpose, choice } = question;
      const { couponIds = 'none' } = choice;
      if (purpose === 'place' && (couponIds === 'none' || couponIds.length === 0)) return {};
      const rows =
        purpose === 'place' && typeof couponIds !== 'string'
          ? await repository.usableNamed(db, buyerId, couponIds, at)
          : await repository.usableOf(db, { buyerId, now: at });
      return { coupons: rows.map(toOffer) };
    },

    /** Locks what the price used; refuses when one of them is no longer to be had. One statement, none without coupons. */
    async take(
      tx: Tx,
      {
        buyerId,
        paymentId,
        at,
        orders,
        result,
      }: {
        buyerId: string;
        paymentId: string;
        at: Date;
        orders: readonly { orderNo: string; shopId: string; lineIds?: readonly string[] }[];
        result: PriceResult;
      },
    ): Promise<void> {
      const { applied } = result.coupons;
      if (applied.length === 0) return;
      const parts = result.lines.flatMap(({ discounts }) => discounts).filter(({ step }) => step === 'coupon');
      /** One that is on no line lowered the freight, of whichever of the shop's orders has one. */
      const isOn = (couponId: string, lineIds: readonly string[]) => {
        const lines = result.lines.filter(({ discounts }) => discounts.some(({ sourceId }) => sourceId === couponId));
        return lines.length === 0 || lines.some(({ lineId }) => lineIds.includes(lineId));
      };
      const locked = await repository.lockCoupons(tx, buyerId, {
        paymentId,
        at,
        coupons: applied.map(({ couponId, saving, shopIds }) => {
          const own = parts.filter(({ sourceId }) => sourceId === couponId);
          const platform = own.reduce((sum, { platformFunded }) => sum + platformFunded, 0);
          return {
            couponId,
            saving,
            shopCost: saving - platform,
            orderAmount: result.shops
              .filter(({ shopId }) => shopIds.includes(shopId))
              .reduce((sum, { payable }) => sum + payable, 0),
            orderNos: orders
              .filter(({ shopId, lineIds }) => shopIds.includes(shopId) && (!lineIds || isOn(couponId, lineIds)))
              .map(({ orderNo }) => orderNo),
          };
        }),
      });
      if (locked.length === applied.length) return;
      throw couponTaken({
        couponIds: applied.map(({ couponId }) => couponId).filter((couponId) => !locked.includes(couponId)),
      });
    },

    orderPaid: async (tx: Tx, buyerId: string, orderNo: string): Promise<void> =>
      moved(tx, buyerId, 'used', await repository.markUsed(tx, buyerId, orderNo, clock.now())),
    orderCancelled: (tx: Tx, buyerId: string, orderNo: string) => repository.unlock(tx, buyerId, orderNo, clock.now()),
    orderRefunded: async (tx: Tx, buyerId: string, orderNo: string): Promise<void> =>
      moved(tx, buyerId, 'held', await repository.returnRefunded(tx, buyerId, orderNo, clock.now())),

    expireDue: (tx: Tx): Promise<number> => repository.expireDue(tx, clock.now(), 500),
    async remindDue(tx: Tx): Promise<number> {
      const now = clock.now();
      const until = new Date(now.getTime() + policies.get(remindHours) * hourMs);
      const due = await repository.remindDue(tx, { now, until, limit: 200 });
      for (const { buyerId, couponId, shopId, terms, expiresAt } of due) {
        const { name } = terms.rule;
        await outbox.publish(tx, 'coupons.coupon_expiring', {
          buyerId,
          couponId,
          shopId,
          name,
          expiresAt: expiresAt.toISOString(),
        });
      }
      return due.length;
    },

    countUsable: (db: Executor, buyerId: string): Promise<number> => repository.countUsable(db, buyerId, clock.now()),
    /** What WeChat shows of a coupon it is told of; undefined for kinds it has no equal of. */
    asMerchantCoupon: async (db: Executor, templateId: string): Promise<MerchantCoupon | undefined> => {
      const template = await repository.findTemplate(db, { templateId });
      return template && merchantCouponOf(template, clock.now());
    },
    isHeld: (db: Executor, buyerId: string, couponId: string): Promise<boolean> =>
      repository.isHeld(db, buyerId, couponId, clock.now()),

    /**
     * The coupon that comes with a message asking somebody back: once a message, and none while another one of its kind
     * waits to be used (X-34: not doubled). The message stays on the coupon, so that its use is told as the message's.
     */
    async grantRecall(
      tx: Tx,
      { buyerId, shopId, noticeId }: { buyerId: string; shopId: string; noticeId: string },
    ): Promise<{ name: string; expiresAt: string } | undefined> {
      const now = clock.now();
      const found = await repository.runningOf(tx, shopId, 'recall', now);
      if (!found || (await repository.holdsOne(tx, buyerId, found.templateId, now))) return undefined;
      const held = await repository.heldCounts(tx, buyerId, [found.templateId]);
      if ((held.get(found.templateId) ?? 0) >= found.perUserLimit) return undefined;
      const template = await repository.takePlace(tx, { templateId: found.templateId }, now);
      const row = template && (await give(tx, template, buyerId, 'recall', noticeId));
      if (template && !row) await repository.freePlace(tx, template.templateId);
      return row && { name: row.terms.rule.name, expiresAt: row.expiresAt.toISOString() };
    },

    liability: (db: Executor, shopId: string) => couponLiability(db, shopId, clock.now()),

    /** Given by staff: those who have all they may have are skipped, and who comes after the last one gets none. */
    async grant(tx: Tx, shopId: string, templateId: string, buyerIds: readonly string[]): Promise<CouponsGranted> {
      await ownTemplate(tx, shopId, templateId);
      let granted = 0;
      for (const buyerId of buyerIds) {
        const held = await repository.heldCounts(tx, buyerId, [templateId]);
        const { perUserLimit } = await ownTemplate(tx, shopId, templateId);
        if ((held.get(templateId) ?? 0) >= perUserLimit) continue;
        const template = await repository.takePlace(tx, { templateId }, clock.now());
        if (!template) break;
        if (await give(tx, template, buyerId, 'grant')) granted += 1;
        // Somebody else gave the last one meanwhile: the place is free again, or the count would say more than there are.
        else await repository.freePlace(tx, templateId);
      }
      return { granted, skipped: buyerIds.length - granted };
    },
  };
}
