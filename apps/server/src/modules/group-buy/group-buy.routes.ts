/** Group purchases for shoppers. Looking needs no login. Opening and joining is placing an order with `entry: { kind: 'group' }`. */
import {
  ErrorReply,
  Group,
  GroupOfferList,
  GroupVisit,
  Id,
  MyGroups,
  NoContent,
  OpenGroups,
  OrderNo,
} from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { GroupDirectory } from './group-buy.directory.ts';
import type { GroupReading } from './group-buy.reading.ts';

const tags = ['group buys'];
const params = Type.Object({ groupId: Id });
const refused = { 400: ErrorReply, 401: ErrorReply };

export function groupBuyRoutes(
  app: RouteApp,
  { database, reading, directory }: { database: Database; reading: GroupReading; directory: GroupDirectory },
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/group-offers',
    {
      config: { access: 'anyone' },
      schema: { tags, summary: 'What can be bought together now and soon', response: { 200: GroupOfferList } },
    },
    () => directory.list(),
  );

  app.get(
    '/api/group-offers/:activityId/groups',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'The groups of an activity that can be joined now',
        params: Type.Object({ activityId: Id }),
        response: { 200: OpenGroups, 400: ErrorReply, 404: ErrorReply },
      },
    },
    ({ params: { activityId } }) => reading.openGroups(db, activityId),
  );

  app.get(
    '/api/groups',
    {
      config: { access: 'member' },
      schema: { tags, summary: 'My groups, newest first', response: { 200: MyGroups, ...refused } },
    },
    ({ buyer }) => reading.mine(db, buyer.buyerId),
  );

  app.get(
    '/api/groups/:groupId',
    {
      config: { access: 'shopper' },
      schema: {
        tags,
        summary: 'One group, for members and for whoever was invited; names are masked',
        params,
        response: { 200: Group, ...refused, 404: ErrorReply },
      },
    },
    ({ buyer, params: { groupId } }) => reading.get(db, groupId, buyer.buyerId),
  );

  app.post(
    '/api/groups/:groupId/visits',
    {
      config: { access: 'shopper' },
      schema: {
        tags,
        summary: 'Notes who looked and whose card led there; counts once, and nothing depends on it',
        params,
        body: GroupVisit,
        response: { 204: NoContent, ...refused },
      },
    },
    async ({ buyer, params: { groupId }, body: { invite } }, reply) => {
      await inTransaction((tx) => reading.visit(tx, buyer.buyerId, groupId, invite));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/orders/:orderNo/group',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'The group an own order belongs to',
        params: Type.Object({ orderNo: OrderNo }),
        response: { 200: Group, ...refused, 404: ErrorReply },
      },
    },
    ({ buyer, params: { orderNo } }) => reading.ofOrder(db, buyer.buyerId, orderNo),
  );
}
