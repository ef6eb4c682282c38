/**
 * Shares partitions among the workers of a broker. The broker lets one consumer of a queue be active, the first that
 * came; alone, that would give every queue to the first worker. So workers greet one another, and each takes the
 * partitions for which it ranks first at once and stands by for the others a little later (rendezvous hashing). The
 * broker stays the judge of who is active: a wrong guess costs balance, never order.
 */
import type { ConfirmChannel } from 'amqplib';
import { newId } from '../ids.ts';
import type { Logger } from '../logger.ts';
import { partitionOf } from './bus.ts';

export interface WorkerCircle {
  /** Gives all partitions back and waits for what is at hand. */
  leave(): Promise<void>;
  /** The connection is gone: forget everything. */
  abandon(): void;
}

const greetMs = 2_000;
/** Silent for so long: no longer counted. The broker itself notices a closed connection at once. */
const missingMs = 7_000;
const standByMs = 400;

export async function createWorkerCircle({
  channel,
  exchange,
  partitions,
  isOpen,
  take,
  log,
}: {
  channel: ConfirmChannel;
  exchange: string;
  partitions: number;
  /** Whether the connection still stands; with it ends the membership. */
  isOpen: () => boolean;
  take: (partition: number) => Promise<() => Promise<void>>;
  log: Logger;
}): Promise<WorkerCircle> {
  const self = newId();
  const lastHeard = new Map([[self, Number.POSITIVE_INFINITY]]);
  const held = new Map<number, { give: () => Promise<void>; rank: number }>();
  let isMember = true;
  let arranged = '';
  let arranging: Promise<void> = Promise.resolve();

  await channel.assertExchange(exchange, 'fanout', { durable: false, autoDelete: true });
  const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
  await channel.bindQueue(queue, exchange, '');
  const say = (word: 'here' | 'bye') => {
    try {
      channel.publish(exchange, '', Buffer.from(JSON.stringify({ id: self, word })), {}, () => {});
    } catch {
      // The channel is gone: whoever held it joins anew.
    }
  };
  await channel.consume(
    queue,
    (message) => {
      if (!message || !isMember) return;
      const { id, word } = JSON.parse(message.content.toString('utf8')) as { id: string; word: 'here' | 'bye' };
      if (id === self) return;
      const isNew = !lastHeard.has(id);
      if (word === 'bye') lastHeard.delete(id);
      else lastHeard.set(id, performance.now());
      // A newcomer should not wait for the next round to know the others.
      if (isNew && word === 'here') say('here');
      arrangeIfChanged();
    },
    { noAck: true },
  );

  const rankOf = (partition: number): number => {
    const weight = (id: string) => partitionOf(`${partition}/${id}`, 0xffff_ffff);
    const mine = weight(self);
    return [...lastHeard.keys()].filter((id) => weight(id) > mine).length;
  };

  function arrangeIfChanged(): void {
    const members = [...lastHeard.keys()].sort().join();
    if (members === arranged) return;
    arranged = members;
    arranging = arranging.then(arrange).catch((error: unknown) => {
      log.warn({ err: error }, 'cannot take a share of the events');
      // The next greeting tries again, although the members are the same.
      arranged = '';
    });
  }

  async function arrange(): Promise<void> {
    const wanted = Array.from({ length: partitions }, (_, partition) => ({ partition, rank: rankOf(partition) }));
    wanted.sort((a, b) => a.rank - b.rank);
    for (const { partition, rank } of wanted) {
      if (!isMember) return;
      const now = held.get(partition);
      if (now?.rank === rank) continue;
      // Queueing up again behind those that rank higher.
      if (now && now.rank < rank) {
        held.delete(partition);
        await now.give();
      }
      if (rank > 0) await new Promise((done) => setTimeout(done, standByMs / partitions));
      if (!isMember) return;
      held.set(partition, { give: held.get(partition)?.give ?? (await take(partition)), rank });
    }
  }

  const greeting = setInterval(() => {
    if (!isOpen()) return abandon();
    say('here');
    for (const [id, at] of lastHeard) if (performance.now() - at > missingMs) lastHeard.delete(id);
    arrangeIfChanged();
  }, greetMs).unref();
  say('here');
  arrangeIfChanged();

  function abandon(): void {
    isMember = false;
    clearInterval(greeting);
    held.clear();
  }

  return {
    async leave() {
      isMember = false;
      clearInterval(greeting);
      say('bye');
      await arranging;
      await Promise.all([...held.values()].map(({ give }) => give()));
      held.clear();
    },
    abandon,
  };
}
