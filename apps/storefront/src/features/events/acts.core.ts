/**
 * Keeps what the shopper does until it is sent (C06-REC-01): in batches, on the phone while it is offline or the app is closed, each with
 * the id it is known by, so that telling twice counts once. Pure but for what it is given.
 */
import type { ActsTaken, SendActs, ShopperAct } from '@xiaopu/contracts';

type Facts<Act> = Act extends ShopperAct ? Omit<Act, 'eventId' | 'at'> : never;
export type NewAct = Facts<ShopperAct>;

export interface ActsOptions {
  send(body: SendActs): Promise<ActsTaken>;
  /** Nobody is made a session for it: acts wait until there is one. */
  hasSession(): boolean;
  /** The server's time. */
  now(): number;
  random(): number;
  later(work: () => void, ms: number): unknown;
  keep(acts: readonly ShopperAct[]): void;
  kept(): ShopperAct[];
  isOff(): boolean;
  turnedOff(): void;
  /** The request itself is at fault: sending it again is of no use. */
  isRefused(error: unknown): boolean;
}

const quietMs = 4_000;
const batch = 50;
/** The oldest are let go first. */
const most = 200;

const hex = (random: () => number, digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
/** UUID version 4: no two phones make the same. */
export const newEventId = (random: () => number): string =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`;

export function createActs(options: ActsOptions) {
  let waiting: ShopperAct[] = options.kept();
  let isDue = false;
  let sending: Promise<void> | undefined;
  let noted = 0;

  function keep(acts: ShopperAct[]): void {
    waiting = acts.slice(-most);
    options.keep(waiting);
  }

  async function send(): Promise<void> {
    while (waiting.length > 0 && options.hasSession() && !options.isOff()) {
      const acts = waiting.slice(0, batch);
      try {
        const { isOff } = await options.send({ acts });
        if (isOff) {
          options.turnedOff();
          keep([]);
          return;
        }
      } catch (error) {
        // Offline or hurried: later. A batch the server will never take must not hold up the others.
        if (!options.isRefused(error)) return;
      }
      const sent = new Set(acts.map(({ eventId }) => eventId));
      keep(waiting.filter(({ eventId }) => !sent.has(eventId)));
    }
  }

  function flush(): Promise<void> {
    sending ??= send().finally(() => {
      sending = undefined;
    });
    return sending;
  }

  return {
    note(act: NewAct): void {
      if (options.isOff()) return;
      noted += 1;
      const at = new Date(options.now()).toISOString();
      keep([...waiting, { ...act, eventId: newEventId(options.random), at } as ShopperAct]);
      if (isDue) return;
      isDue = true;
      options.later(() => {
        isDue = false;
        void flush();
      }, quietMs);
    },
    /** Sends what waits; resolves when it is sent or cannot be now. */
    flush,
    /** How many were noted since the start: whether something new may be known of the shopper. */
    count: () => noted,
    forget: () => keep([]),
  };
}
