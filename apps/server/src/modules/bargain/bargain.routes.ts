/** Bargains for shoppers. Looking needs no login; opening and helping do. */
import { Bargain, BargainOfferList, ErrorReply, Id, MyBargains, OpenBargain } from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { BargainDirectory } from './bargain.directory.ts';
import type { Bargains } from './bargain.service.ts';

const tags = ['bargains'];
const params = Type.Object({ bargainId: Id });
const refused = { 400: ErrorReply, 401: ErrorReply };

export function bargainRoutes(
  app: RouteApp,
  { database, bargains, directory }: { database: Database; bargains: Bargains; directory: BargainDirectory },
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/bargain-offers',
    {
      config: { access: 'anyone' },
      schema: { tags, summary: 'What can be bargained for now and soon', response: { 200: BargainOfferList } },
    },
    () => directory.list(),
  );

  app.get(
    '/api/bargains',
    {
      config: { access: 'member' },
      schema: { tags, summary: 'My bargains, newest first', response: { 200: MyBargains, ...refused } },
    },
    ({ buyer }) => bargains.mine(db, buyer.buyerId),
  );

  app.post(
    '/api/bargains',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'Opens a bargain, or gives the one already open',
        body: OpenBargain,
        response: { 200: Bargain, ...refused, 404: ErrorReply, 409: ErrorReply },
      },
    },
    ({ buyer, body: { activityId } }) => inTransaction((tx) => bargains.open(tx, buyer.buyerId, activityId)),
  );

  app.get(
    '/api/bargains/:bargainId',
    {
      config: { access: 'shopper' },
      schema: {
        tags,
        summary: 'One bargain, for its owner and for friends; names are masked',
        params,
        response: { 200: Bargain, ...refused, 404: ErrorReply },
      },
    },
    ({ buyer, params: { bargainId } }) => bargains.get(db, bargainId, buyer.buyerId),
  );

  app.post(
    '/api/bargains/:bargainId/helps',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'Helps a friend: once, not oneself, so many a day; repeating it changes nothing',
        params,
        response: { 200: Bargain, ...refused, 404: ErrorReply, 409: ErrorReply },
      },
    },
    ({ buyer, params: { bargainId } }) => inTransaction((tx) => bargains.help(tx, buyer.buyerId, bargainId)),
  );
}
