/**
 * 购后分享券: a paid order brings a packet; friends who open it claim one coupon each while places last. Sharing by itself
 * brings nothing and opens nothing: the sharer's own coupon comes when the first friend, with an account, has claimed.
 */
import type { CouponPacket } from '@xiaopu/contracts';
import { type Clock, hourMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import { type CouponRow, faceOf, phaseOf, type Template, validityTextOf } from './coupons.domain.ts';
import { couponsGone, packetLimit, packetOver, packetOwn, packetUnknown } from './coupons.errors.ts';
import { packetHours, packetPlaces, sharerReward } from './coupons.policies.ts';
import * as repository from './coupons.repository.ts';

export interface PacketsDeps {
  clock: Clock;
  policies: Policies;
  give(
    tx: Tx,
    template: Template,
    buyerId: string,
    source: CouponRow['source'],
    sourceRef?: string,
  ): Promise<CouponRow | undefined>;
  /** unknown: no account; same: one person by phone. */
  kinship(db: Executor, buyerId: string, otherId: string): Promise<'unknown' | 'same' | 'other'>;
  nicknames(db: Executor, buyerIds: string[]): Promise<Map<string, { nickname: string }>>;
  shopNames(db: Executor, shopIds: string[]): Promise<Map<string, string>>;
}

const shownClaims = 20;
/** 李小雨 → 李**: friends see that somebody was quicker, not who. */
const masked = (nickname: string): string => `${[...nickname][0] ?? '微'}**`;

export function createPackets({ clock, policies, give, kinship, nicknames, shopNames }: PacketsDeps) {
  const find = (db: Executor, packetId: string) =>
    db.selectFrom('coupons.packet').selectAll().where('packetId', '=', packetId).executeTakeFirst();

  async function view(
    db: Executor,
    packet: NonNullable<Awaited<ReturnType<typeof find>>>,
    viewerId: string,
  ): Promise<CouponPacket> {
    const template = await repository.findTemplate(db, { templateId: packet.templateId });
    if (!template) throw packetUnknown();
    const claims = await db
      .selectFrom('coupons.packetClaim')
      .select(['buyerId', 'claimedAt'])
      .where('packetId', '=', packet.packetId)
      .orderBy('claimedAt', 'desc')
      .limit(shownClaims)
      .execute();
    const mine = claims.some(({ buyerId }) => buyerId === viewerId);
    const names = await nicknames(db, [packet.sharerId, ...claims.map(({ buyerId }) => buyerId)]);
    const shops = await shopNames(db, [packet.shopId]);
    const now = clock.now();
    const isOver = packet.isOver || packet.expiresAt <= now || phaseOf(template, now) !== 'running';
    const isOwn = packet.sharerId === viewerId;
    return {
      packetId: packet.packetId,
      shopId: packet.shopId,
      shopName: shops.get(packet.shopId) ?? '',
      sharerName: names.get(packet.sharerId)?.nickname ?? '微信用户',
      ...faceOf(template),
      validityText: validityTextOf(template),
      places: packet.places,
      left: packet.places - packet.claimed,
      expiresAt: packet.expiresAt.toISOString(),
      isOwn,
      state: mine ? 'claimed' : isOver ? 'over' : packet.claimed >= packet.places ? 'gone' : 'open',
      sharerReward: policies.get(sharerReward) === 1,
      claims: claims.map(({ buyerId, claimedAt }) => ({
        name: masked(names.get(buyerId)?.nickname ?? '微信用户'),
        at: claimedAt.toISOString(),
      })),
    };
  }

  return {
    /** Paid orders of shops that give out sharing coupons; a second time the packet is there already. */
    async packetsFor(tx: Tx, orders: readonly { buyerId: string; orderNo: string; shopId: string }[]): Promise<void> {
      const now = clock.now();
      const templateOf = await repository.sharedBy(tx, [...new Set(orders.map(({ shopId }) => shopId))], now);
      const expiresAt = new Date(now.getTime() + policies.get(packetHours) * hourMs);
      const packets = orders.flatMap(({ buyerId, orderNo, shopId }) => {
        const templateId = templateOf.get(shopId);
        return templateId === undefined
          ? []
          : { packetId: newId(), sharerId: buyerId, orderNo, shopId, templateId, expiresAt, createdAt: now };
      });
      if (packets.length > 0) await repository.insertPackets(tx, packets, policies.get(packetPlaces));
    },

    /** The order came back whole: nothing more is given out for it. */
    async orderGone(tx: Tx, orderNo: string): Promise<void> {
      await tx.updateTable('coupons.packet').set({ isOver: true }).where('orderNo', '=', orderNo).execute();
    },

    async ofOrder(db: Executor, buyerId: string, orderNo: string): Promise<CouponPacket | null> {
      const packet = await db
        .selectFrom('coupons.packet')
        .selectAll()
        .where('orderNo', '=', orderNo)
        .where('sharerId', '=', buyerId)
        .executeTakeFirst();
      return packet ? view(db, packet, buyerId) : null;
    },

    async packet(db: Executor, viewerId: string, packetId: string): Promise<CouponPacket> {
      const packet = await find(db, packetId);
      if (!packet) throw packetUnknown();
      return view(db, packet, viewerId);
    },

    /** One coupon a person and packet; asking again changes nothing. */
    async claimPacket(tx: Tx, buyerId: string, packetId: string): Promise<CouponPacket> {
      const now = clock.now();
      // The packet's row decides who gets the last place, and makes two taps of one friend wait for each other.
      const packet = await tx
        .selectFrom('coupons.packet')
        .selectAll()
        .where('packetId', '=', packetId)
        .forUpdate()
        .executeTakeFirst();
      if (!packet) throw packetUnknown();
      const before = await tx
        .selectFrom('coupons.packetClaim')
        .select('couponId')
        .where('packetId', '=', packetId)
        .where('buyerId', '=', buyerId)
        .executeTakeFirst();
      if (before) return view(tx, packet, buyerId);
      if (packet.sharerId === buyerId || (await kinship(tx, buyerId, packet.sharerId)) === 'same') throw packetOwn();
      if (packet.isOver || packet.expiresAt <= now) throw packetOver();
      if (packet.claimed >= packet.places) throw couponsGone();
      const taken = await tx
        .updateTable('coupons.packet')
        .set({ claimed: packet.claimed + 1 })
        .where('packetId', '=', packetId)
        .returningAll()
        .executeTakeFirstOrThrow();
      const template = await repository.takePlace(tx, { templateId: taken.templateId }, now);
      if (!template) throw packetOver();
      const coupon = await give(tx, template, buyerId, 'share', packetId);
      if (!coupon) throw packetLimit();
      await tx
        .insertInto('coupons.packetClaim')
        .values({ packetId, buyerId, couponId: coupon.couponId, claimedAt: now })
        .execute();
      if (taken.claimed === 1 && policies.get(sharerReward) === 1) await reward(tx, taken.sharerId, template, packetId);
      return view(tx, taken, buyerId);
    },
  };

  /** Nothing is owed when the sharer has all of these coupons one may have, or the last one is gone. */
  async function reward(tx: Tx, sharerId: string, { templateId, perUserLimit }: Template, packetId: string) {
    const held = await repository.heldCounts(tx, sharerId, [templateId]);
    if ((held.get(templateId) ?? 0) >= perUserLimit) return;
    const template = await repository.takePlace(tx, { templateId }, clock.now());
    if (template) await give(tx, template, sharerId, 'share', packetId);
  }
}
