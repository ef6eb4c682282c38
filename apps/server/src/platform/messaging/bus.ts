/**
 * What carries events from the outbox to the processes that handle them. Without one the relay hands each event to its
 * consumers itself; with one (RabbitMQ) relay and consumers are apart, and work is shared by all workers.
 */
import type { DomainEvent } from '@xiaopu/contracts';

export interface Bus {
  /** Resolves once the bus holds the events durably; when it rejects, they stay in the outbox and are sent again. */
  send(events: readonly DomainEvent[]): Promise<void>;
  /**
   * Calls `handle` for each event; those of one ordering key one after the other. An event counts as handled when the
   * promise resolves, else it comes again, here or in another process. `onUndeliverable` gets what the bus gave up on.
   * @returns stops taking new events and waits for those at hand
   */
  consume(consumer: BusConsumer): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface BusConsumer {
  handle: (event: DomainEvent) => Promise<void>;
  onUndeliverable: (event: DomainEvent, reason: string) => Promise<void>;
}

/** Which of `count` partitions carries a key: the same in every process and every release (FNV-1a). */
export function partitionOf(key: string, count: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % count;
}
