import {
  Address,
  AddressInput,
  AddressList,
  AddressQuery,
  CursorQuery,
  ErrorReply,
  FavouritePage,
  FavouriteState,
  FootprintPage,
  Id,
  NoContent,
  RecogniseAddress,
  RecognisedAddress,
} from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Members } from './members.service.ts';

export interface MembersRoutesDeps {
  members: Members;
  database: Database;
  /** Reads a pasted text; pure (`@xiaopu/lab/address`). */
  recognise(text: string): RecognisedAddress;
}

export function membersRoutes(app: RouteApp, { members, database, recognise }: MembersRoutesDeps): void {
  const { db, inTransaction } = database;
  const { addresses } = members;
  const failures = { 400: ErrorReply, 401: ErrorReply };
  const config = { access: 'shopper' } as const;
  const addressParams = Type.Object({ addressId: Id });
  const productParams = Type.Object({ spuId: Id });

  app.get(
    '/api/addresses',
    {
      schema: {
        tags: ['addresses'],
        description: 'Own addresses: nearest first with a position, else default, then last used',
        querystring: AddressQuery,
        response: { 200: AddressList, ...failures },
      },
      config,
    },
    async ({ buyer, query }) => ({ addresses: await addresses.list(database.shared, buyer.buyerId, query) }),
  );

  app.post(
    '/api/addresses',
    {
      schema: {
        tags: ['addresses'],
        description: 'Adds an address; the first one becomes the default',
        body: AddressInput,
        response: { 201: Address, ...failures, 409: ErrorReply },
      },
      config,
    },
    async ({ buyer, body }, reply) =>
      reply.code(201).send(await inTransaction((tx) => addresses.create(tx, buyer.buyerId, body))),
  );

  app.put(
    '/api/addresses/:addressId',
    {
      schema: {
        tags: ['addresses'],
        description: 'Replaces an address',
        params: addressParams,
        body: AddressInput,
        response: { 200: Address, ...failures, 404: ErrorReply },
      },
      config,
    },
    ({ buyer, params, body }) => inTransaction((tx) => addresses.update(tx, buyer.buyerId, params.addressId, body)),
  );

  app.delete(
    '/api/addresses/:addressId',
    {
      schema: {
        tags: ['addresses'],
        description: 'Removes an address; orders keep their own copy',
        params: addressParams,
        response: { 204: NoContent, ...failures, 404: ErrorReply },
      },
      config,
    },
    async ({ buyer, params }, reply) => {
      await inTransaction((tx) => addresses.remove(tx, buyer.buyerId, params.addressId));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/addresses/recognise',
    {
      schema: {
        tags: ['addresses'],
        description: 'Reads name, phone and address from a pasted text; nothing is stored (X-14)',
        body: RecogniseAddress,
        response: { 200: RecognisedAddress, ...failures },
      },
      config,
    },
    async ({ body }) => recognise(body.text),
  );

  app.get(
    '/api/favourites',
    {
      schema: {
        tags: ['favourites'],
        description: 'Own favourites, newest first, with the price at the time',
        querystring: CursorQuery,
        response: { 200: FavouritePage, ...failures },
      },
      config,
    },
    ({ buyer, query }) => members.favourites(db, buyer.buyerId, query),
  );

  app.get(
    '/api/favourites/:spuId',
    {
      schema: {
        tags: ['favourites'],
        description: 'Whether this product is a favourite',
        params: productParams,
        response: { 200: FavouriteState, ...failures },
      },
      config,
    },
    ({ buyer, params }) => members.favouriteState(db, buyer.buyerId, params.spuId),
  );

  app.put(
    '/api/favourites/:spuId',
    {
      schema: {
        tags: ['favourites'],
        description: 'Keeps a product; again changes nothing',
        params: productParams,
        response: { 200: FavouriteState, ...failures, 404: ErrorReply },
      },
      config,
    },
    ({ buyer, params }) => inTransaction((tx) => members.addFavourite(tx, buyer.buyerId, params.spuId)),
  );

  app.delete(
    '/api/favourites/:spuId',
    {
      schema: {
        tags: ['favourites'],
        description: 'Drops a product; again changes nothing',
        params: productParams,
        response: { 200: FavouriteState, ...failures },
      },
      config,
    },
    ({ buyer, params }) => inTransaction((tx) => members.removeFavourite(tx, buyer.buyerId, params.spuId)),
  );

  app.get(
    '/api/footprints',
    {
      schema: {
        tags: ['footprints'],
        description: 'Products seen, newest first',
        querystring: CursorQuery,
        response: { 200: FootprintPage, ...failures },
      },
      config,
    },
    ({ buyer, query }) => members.footprints(db, buyer.buyerId, query),
  );

  app.put(
    '/api/footprints/:spuId',
    {
      schema: {
        tags: ['footprints'],
        description: 'Remembers that this product was seen now',
        params: productParams,
        response: { 204: NoContent, ...failures, 404: ErrorReply },
      },
      config,
    },
    async ({ buyer, params }, reply) => {
      await inTransaction((tx) => members.addFootprint(tx, buyer.buyerId, params.spuId));
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/api/footprints',
    {
      schema: { tags: ['footprints'], description: 'Forgets them all', response: { 204: NoContent, 401: ErrorReply } },
      config,
    },
    async ({ buyer }, reply) => {
      await inTransaction((tx) => members.clearFootprints(tx, buyer.buyerId));
      return reply.code(204).send(null);
    },
  );
}
