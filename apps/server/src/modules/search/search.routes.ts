import { ErrorReply, HotWords, NoContent, SearchHistory, Suggestions, SuggestQuery } from '@xiaopu/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Executor, InTransaction } from '#platform/database/database.ts';
import type { Authenticators } from '#platform/http/access.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Search } from './search.service.ts';

export interface SearchRouteDependencies {
  search: Search;
  db: Executor;
  inTransaction: InTransaction;
}

const tags = ['search'];
const send = (reply: FastifyReply, body: string) =>
  reply.header('content-type', 'application/json; charset=utf-8').send(body as never);

export function searchRoutes(app: RouteApp, { search, db, inTransaction }: SearchRouteDependencies): void {
  app.get(
    '/api/search/suggestions',
    {
      schema: {
        tags,
        description: 'Words that continue what was typed: popular searches, categories, titles.',
        querystring: SuggestQuery,
        response: { 200: Suggestions, 400: ErrorReply },
      },
      config: { access: 'anyone' },
    },
    async (request, reply) => send(reply, await search.suggestionsReply(request.query.q)),
  );
  app.get(
    '/api/search/hot-words',
    {
      schema: {
        tags,
        description: 'Words the shop declares, then what was searched most lately.',
        response: { 200: HotWords },
      },
      config: { access: 'anyone' },
    },
    async (_request, reply) => send(reply, await search.hotWordsReply()),
  );
  app.get(
    '/api/search/history',
    {
      schema: {
        tags,
        description: 'What this buyer searched, newest first; guests too.',
        response: { 200: SearchHistory, 401: ErrorReply },
      },
      config: { access: 'shopper' },
    },
    async (request) => ({ words: await search.history(db, request.buyer.buyerId) }),
  );
  app.delete(
    '/api/search/history',
    {
      schema: { tags, description: "Forgets this buyer's searches.", response: { 200: NoContent, 401: ErrorReply } },
      config: { access: 'shopper' },
    },
    async (request) => {
      await inTransaction((tx) => search.clearHistory(tx, request.buyer.buyerId));
      return null;
    },
  );
}

/** For the catalogue's list route, which anyone may call: a session, if one was sent, gets its history. */
export function createNoteSearch({ search, authenticators }: { search: Search; authenticators: Authenticators }) {
  return (request: FastifyRequest, words: string, found: boolean): void => {
    if (request.headers.authorization === undefined) {
      search.note({ buyerId: undefined, words, found });
      return;
    }
    authenticators
      .buyer(request)
      .then((buyer) => search.note({ buyerId: buyer?.buyerId, words, found }))
      .catch((error: unknown) => request.log.warn({ err: error }, 'search could not be noted'));
  };
}
