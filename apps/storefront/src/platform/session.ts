/** Who the shopper is to the server. A guest session opens by itself; logging in replaces it and the carts merge (C02-BEH-03). */
import type { Buyer, Session } from '@xiaopu/contracts';
import { computed, reactive } from 'vue';
import type { SessionKeeper } from './request.core';
import { storage } from './storage';

const stored = storage.read<Session>('session');
const state = reactive<{ session: Session | undefined }>({ session: stored });

export const currentBuyer = computed<Buyer | undefined>(() => state.session?.buyer);
export const isMember = computed(() => state.session !== undefined && !state.session.buyer.isGuest);

export function keepSession(session: Session | undefined): void {
  state.session = session;
  if (session === undefined) storage.remove('session');
  else storage.write('session', session);
}

export function keepBuyer(buyer: Buyer): void {
  if (state.session !== undefined) keepSession({ ...state.session, buyer });
}

let opening: Promise<string> | undefined;
let openGuest: () => Promise<Session> = () => Promise.reject(new Error('session opener not set'));

/** Set by features/session: how a guest session is made. Kept apart so that the request layer needs no import cycle. */
export function useSessionOpener(opener: () => Promise<Session>): void {
  openGuest = opener;
}

let finishing: Promise<unknown> = Promise.resolve();

/** Requests wait for this login; whether it succeeds or not, they go on. */
export function holdRequestsFor(login: Promise<unknown>): void {
  finishing = login.catch(() => undefined);
}

export const sessionKeeper: SessionKeeper = {
  token: () => state.session?.token,
  settled: () => finishing,
  open() {
    // Several first requests at once share one guest.
    opening ??= openGuest()
      .then((session) => {
        keepSession(session);
        return session.token;
      })
      .finally(() => {
        opening = undefined;
      });
    return opening;
  },
  forget(token) {
    if (state.session?.token === token) keepSession(undefined);
  },
};
