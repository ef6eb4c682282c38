import type { Inbox } from '../phone/inbox.ts';
import type { People } from '../phone/personas.ts';
import type { SandboxClock, TransportClock } from './clock.ts';
import type { Keyring } from './credentials.ts';
import type { Journal } from './journal.ts';
import type { Store } from './store.ts';
import type { Switches } from './switches.ts';

/** What the twins share: one clock, one store, one set of people. Everything else is a twin's own. */
export interface World {
  store: Store;
  clock: SandboxClock;
  transport: TransportClock;
  switches: Switches;
  journal: Journal;
  keyring: Keyring;
  people: People;
  inbox: Inbox;
  publicUrl: string; // …/sandbox, as a browser reaches it
}
