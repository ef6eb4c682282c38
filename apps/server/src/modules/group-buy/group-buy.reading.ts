/** Groups as shoppers see them. Strangers see masked names only; a group whose opener has not paid is its opener's alone. */
import type { Group, GroupRow, MyGroups, OpenGroups } from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { maskName } from '#platform/field-cipher.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { GroupDirectory } from './group-buy.directory.ts';
import { type GroupGoods, missingOf, reached, statusOf } from './group-buy.domain.ts';
import * as errors from './group-buy.errors.ts';
import * as places from './group-buy.places.repository.ts';

export interface GroupReadingDeps {
  clock: Clock;
  directory: GroupDirectory;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, GroupGoods>>;
  faces(db: Executor, buyerIds: string[]): Promise<Map<string, { nickname: string; avatarUrl: string | null }>>;
  toPicture: ToPicture;
}

export type GroupReading = ReturnType<typeof createGroupReading>;

const mostOfMine = 50;
const shownOpenGroups = 10;
const nobody = '团友';
const counted: readonly string[] = ['paid', 'settled', 'refunded'];

export function createGroupReading({ clock, directory, findSkus, faces, toPicture }: GroupReadingDeps) {
  async function get(db: Executor, groupId: string, asking?: string): Promise<Group> {
    const row = await places.readGroup(db, groupId);
    const own = row?.places.find(({ buyerId }) => buyerId === asking);
    const isShown = row && (row.openedAt !== null || row.openerId === asking);
    const known = isShown && (await directory.find(db, row.activityId));
    const offer = known && directory.offerOf(known);
    if (!row || !known || !offer) throw errors.groupUnknown();
    // Who paid and left, or has not paid, is no member; of a failed group those who were in it are.
    const members = row.places.filter(({ status }) => counted.includes(status));
    const faceOf = await faces(db, [...new Set([row.openerId, ...members.map(({ buyerId }) => buyerId)])]);
    const nameOf = (buyerId: string) => maskName(faceOf.get(buyerId)?.nickname ?? nobody);
    const now = clock.now();
    const iso = (at: Date | null) => at?.toISOString() ?? null;
    return {
      groupId,
      activityId: row.activityId,
      offer,
      status: statusOf(row, now),
      paid: row.paid,
      held: row.held,
      leastSize: row.leastSize,
      size: row.size,
      reachedSize: row.endedAt ? row.reachedSize : (reached(known.activity.steps, row.paid)?.size ?? null),
      deadline: iso(row.deadline),
      endedAt: iso(row.endedAt),
      openerName: nameOf(row.openerId),
      members: members.map(({ buyerId, joinedAt }) => ({
        nickname: nameOf(buyerId),
        avatarUrl: faceOf.get(buyerId)?.avatarUrl ?? null,
        isOpener: buyerId === row.openerId,
        at: new Date(joinedAt).toISOString(),
      })),
      mine: own
        ? {
            orderNo: own.orderNo,
            status: own.status,
            paidPrice: own.paidPrice,
            finalPrice: own.finalPrice,
            invite: own.invite,
          }
        : null,
      serverTime: now.toISOString(),
    };
  }

  return {
    get,

    /** The group an own order belongs to. */
    async ofOrder(db: Executor, buyerId: string, orderNo: string): Promise<Group> {
      const place = await places.placeOfOrder(db, buyerId, orderNo);
      if (!place) throw errors.groupUnknown();
      return get(db, place.groupId, buyerId);
    },

    /** The activity, and the groups one may join now. */
    async openGroups(db: Executor, activityId: string): Promise<OpenGroups> {
      const known = await directory.find(db, activityId);
      const offer = known && directory.offerOf(known);
      if (!known || !offer) throw errors.activityUnknown();
      const now = clock.now();
      const rows = await places.openGroupsOf(db, activityId, now, shownOpenGroups);
      const openers = rows.map(({ openerId }) => openerId);
      const faceOf = openers.length === 0 ? new Map() : await faces(db, [...new Set(openers)]);
      return {
        serverTime: now.toISOString(),
        offer,
        items: rows.flatMap(({ groupId, openerId, paid, deadline }) =>
          deadline
            ? [
                {
                  groupId,
                  openerName: maskName(faceOf.get(openerId)?.nickname ?? nobody),
                  openerAvatarUrl: faceOf.get(openerId)?.avatarUrl ?? null,
                  paid,
                  missing: missingOf(known.activity.steps, paid),
                  deadline: deadline.toISOString(),
                },
              ]
            : [],
        ),
      };
    },

    async mine(db: Executor, buyerId: string): Promise<MyGroups> {
      const rows = await places.placesOfBuyer(db, buyerId, mostOfMine);
      const skuIds = [...new Set(rows.map(({ skuId }) => skuId))];
      const goods = skuIds.length === 0 ? new Map<string, GroupGoods>() : await findSkus(db, skuIds);
      const now = clock.now();
      return {
        serverTime: now.toISOString(),
        items: rows.map(({ skuId, status, deadline, ...row }): GroupRow => {
          const label = goods.get(skuId);
          return {
            ...row,
            title: label?.title ?? '',
            picture: label ? toPicture(label.picture) : null,
            status: statusOf({ status, deadline }, now),
            deadline: deadline?.toISOString() ?? null,
          };
        }),
      };
    },

    visit: (tx: Tx, visitorId: string, groupId: string, invite: string | undefined): Promise<void> =>
      places.insertVisit(tx, { groupId, visitorId, invite, at: clock.now() }),
  };
}
