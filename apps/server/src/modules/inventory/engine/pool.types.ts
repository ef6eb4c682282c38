/** What a hot pool is made of. A pool holds units of one SKU apart from general stock, for one activity. */
export interface Take {
  poolId: string;
  /** Makes a take repeatable: the same id is one reservation, however often it is sent. */
  requestId: string;
  buyerId: string;
  quantity: number;
}

export type TakeOutcome =
  | { outcome: 'held'; until: Date; isRepeat: boolean }
  | { outcome: 'sold_out' | 'over_limit' | 'closed' }
  /** This request held units and they went back: a new request is needed. */
  | { outcome: 'ended' }
  /** Nothing is decided; the same request may be sent again. */
  | { outcome: 'busy' };

export type PoolStatus = 'open' | 'draining' | 'closed';

export interface Pool {
  skuId: string;
  poolId: string;
  spuId: string;
  shopId: string;
  name: string;
  status: PoolStatus;
  /** Units moved into the pool and not moved back. */
  size: number;
  /** Running sum of the pool's ledger: held and bound units. */
  taken: number;
  /** Units one buyer may hold or own; 0: any. */
  buyerLimit: number;
  holdMs: number;
  /** Raised by each rebuild: a commit that was admitted before it is refused. */
  epoch: number;
}

export type EntryKind =
  | 'take' // step 0: held for a request
  | 'void' // step 0: admitted once, never committed: may not be committed any more
  | 'release' // step 1: the hold ended, units are free again
  | 'bind' // step 1: an order has the units
  | 'return'; // step 2: the order gave them back

/** Where a request stands in the ledger. */
export type RequestState = 'held' | 'bound' | 'ended';

export interface Standing {
  requestId: string;
  buyerId: string;
  quantity: number;
  state: RequestState;
  until: Date;
}

/** A pool as the ledger tells it, for (re)building the admission. `standings`: what is held or bound. */
export interface Snapshot {
  pool: Pool;
  standings: Standing[];
}

export type Verdict = 'admitted' | 'known' | 'sold_out' | 'over_limit' | 'closed';

export interface Admitted {
  epoch: number;
  verdicts: Verdict[];
}

export interface AdmissionFigures {
  epoch: number;
  free: number;
  isOpen: boolean;
}

/**
 * Decides first, in memory or in Redis; the ledger follows in groups. Whatever it forgets or gets wrong, the ledger is
 * right: it refuses commits of an older epoch, and the pool is loaded from it again.
 */
export interface Admission {
  /** True where several processes share it; false where one process owns a pool. */
  readonly isShared: boolean;
  /** In order. Undefined: this pool is not loaded. */
  admit(poolId: string, takes: readonly Take[], now: number): Promise<Admitted | undefined>;
  /** Nothing is left, and this request has nothing. Said at once, hence only where it is not shared; false when not certain. */
  isSoldOut?(poolId: string, requestId: string): boolean;
  /** Units of these requests become free, once; unknown requests change nothing. */
  free(poolId: string, requestIds: readonly string[]): Promise<void>;
  /** These are not looked at again. */
  settle(poolId: string, requestIds: readonly string[]): Promise<void>;
  /** Look at this one again later. */
  defer(poolId: string, requests: readonly { requestId: string; until: number }[]): Promise<void>;
  /** Requests whose time has come, oldest first. */
  due(poolId: string, now: number, limit: number): Promise<string[]>;
  /** Replaces what it knows of the pool, unless it knows a newer epoch. */
  load(snapshot: Snapshot): Promise<void>;
  figures(poolId: string): Promise<AdmissionFigures | undefined>;
  drop(poolId: string): Promise<void>;
}
