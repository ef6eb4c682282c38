/**
 * The bus on RabbitMQ: one quorum queue a partition, publisher confirms, a single active consumer each. What shares an
 * ordering key shares a partition, so it is handled in order although all workers take part.
 */
import type { Duplex } from 'node:stream';
import type { DomainEvent } from '@xiaopu/contracts';
import { orderingKeyOf } from '@xiaopu/contracts';
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect, type Message } from 'amqplib';
import type { Logger } from '../logger.ts';
import { type Bus, type BusConsumer, partitionOf } from './bus.ts';
import { createWorkerCircle, type WorkerCircle } from './rabbit-circle.ts';

export interface RabbitBusOptions {
  url: string;
  log: Logger;
  /** Keeps installs on one broker apart. */
  prefix?: string;
}

/** Fixed: another number would move keys to other queues while the old ones still hold some. */
const partitions = 8;
/** Messages a worker holds of one partition; each is handled after the one before it. */
const prefetch = 16;
/** Deliveries that ended with the death of their worker before the broker sets a message aside. */
const deliveryLimit = 20;
const confirmMs = 10_000;
/** A broker that is coming up may take a question and never answer it, heartbeats notwithstanding. */
const setUpMs = 20_000;
const retryMs = 1_000;
const heartbeatSeconds = 10;

export function createRabbitBus({ url, log, prefix = 'xiaopu' }: RabbitBusOptions): Bus {
  const queueOf = (partition: number) => `${prefix}.events.${partition}`;
  const deadQueue = `${prefix}.undeliverable`;
  let publishing: Promise<ConfirmChannel> | undefined;
  const connections = new Set<ChannelModel>();
  /** Ids of what had no queue to go to: told before the confirm, which comes all the same. */
  const returned = new Set<string>();
  let isClosed = false;

  async function open(onClose: () => void): Promise<ChannelModel> {
    const connection = await connect(withHeartbeat(url), { timeout: confirmMs });
    connections.add(connection);
    // An error is always followed by close; without a listener it would end the process.
    connection.on('error', (error) => log.warn({ err: error }, 'message broker connection failed'));
    connection.on('close', () => {
      connections.delete(connection);
      onClose();
    });
    return connection;
  }

  async function declare(channel: ConfirmChannel): Promise<void> {
    await channel.assertQueue(deadQueue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    for (let partition = 0; partition < partitions; partition += 1) {
      await channel.assertQueue(queueOf(partition), {
        durable: true,
        arguments: {
          'x-queue-type': 'quorum',
          'x-single-active-consumer': true,
          'x-delivery-limit': deliveryLimit,
          'x-dead-letter-exchange': '',
          'x-dead-letter-routing-key': deadQueue,
          // Set aside only once the other queue has it.
          'x-dead-letter-strategy': 'at-least-once',
          'x-overflow': 'reject-publish',
        },
      });
    }
  }

  function publisher(): Promise<ConfirmChannel> {
    publishing ??= (async () => {
      const connection = await open(() => {
        publishing = undefined;
      });
      return inTime(connection, async () => {
        const channel = await connection.createConfirmChannel();
        channel.on('error', () => void connection.close().catch(() => {}));
        channel.on('return', ({ properties }: Message) => {
          returned.add(properties.messageId as string);
          // A queue was deleted: the next connection declares it.
          void connection.close().catch(() => {});
        });
        await declare(channel);
        return channel;
      });
    })().catch((error: unknown) => {
      publishing = undefined;
      throw error;
    });
    return publishing;
  }

  async function send(events: readonly DomainEvent[]): Promise<void> {
    const channel = await publisher();
    const confirmed = events.map(
      (event) =>
        new Promise<void>((done, fail) => {
          const key = orderingKeyOf(event.payload as object) || event.id;
          const options = {
            ...{ persistent: true, mandatory: true, messageId: event.id, type: event.name },
            contentType: 'application/json',
          };
          const body = Buffer.from(JSON.stringify(event));
          channel.sendToQueue(queueOf(partitionOf(key, partitions)), body, options, (error) => {
            if (error) fail(new Error('the message broker refused an event', { cause: error }));
            else if (returned.delete(event.id)) fail(new Error('the message broker has no queue for an event'));
            else done();
          });
        }),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(new Error('the message broker did not confirm in time')), confirmMs);
    });
    const all = Promise.all(confirmed);
    all.catch(() => {});
    try {
      await Promise.race([all, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function consume(consumer: BusConsumer): Promise<() => Promise<void>> {
    let isRunning = true;
    let session: { circle: WorkerCircle; connection: ChannelModel } | undefined;
    let retry: NodeJS.Timeout | undefined;

    async function join(): Promise<void> {
      const connection = await open(() => {
        session?.circle.abandon();
        session = undefined;
        again();
      });
      try {
        const channel = await inTime(connection, () => connection.createConfirmChannel());
        channel.on('error', (error) => {
          log.warn({ err: error }, 'message broker channel failed');
          void connection.close().catch(() => {});
        });
        await inTime(connection, () => declare(channel));
        const takeFrom = (queue: string, handle: (event: DomainEvent) => Promise<void>) =>
          inTime(connection, () =>
            takeInOrder({ connection, queue, handle, isRunning: () => isRunning && connections.has(connection), log }),
          );
        const circle = await inTime(connection, () =>
          createWorkerCircle({
            channel,
            exchange: `${prefix}.workers`,
            partitions,
            isOpen: () => connections.has(connection),
            take: (partition) => takeFrom(queueOf(partition), consumer.handle),
            log,
          }),
        );
        const dead = await takeFrom(deadQueue, (event) =>
          consumer.onUndeliverable(event, `bus: ${deliveryLimit} deliveries ended with the worker’s death`),
        );
        session = {
          connection,
          circle: { ...circle, leave: async () => void (await Promise.all([circle.leave(), dead()])) },
        };
      } catch (error) {
        await connection.close().catch(() => {});
        throw error;
      }
    }
    function again(): void {
      if (!isRunning || isClosed) return;
      clearTimeout(retry);
      retry = setTimeout(() => {
        join().catch((error: unknown) => {
          log.warn({ err: error }, 'cannot reach the message broker, will try again');
          again();
        });
      }, retryMs);
    }

    // A worker may start before its broker: what is in the outbox waits meanwhile.
    await join().catch((error: unknown) => {
      log.warn({ err: error }, 'cannot reach the message broker, will try again');
      again();
    });
    return async () => {
      const last = session;
      // Leaving first: what is at hand is still acknowledged.
      await last?.circle.leave().catch(() => {});
      isRunning = false;
      clearTimeout(retry);
      session = undefined;
      await last?.connection.close().catch(() => {});
    };
  }

  return {
    send,
    consume,
    async close() {
      isClosed = true;
      publishing = undefined;
      await Promise.all([...connections].map((connection) => connection.close().catch(() => {})));
    },
  };
}

/**
 * Handles a queue's messages one after the other, on a channel of its own: closing it gives all that was not handled back
 * in its old order before the next consumer becomes active. @returns stops taking, once the message at hand is done
 */
async function takeInOrder({
  connection,
  queue,
  handle,
  isRunning,
  log,
}: {
  connection: ChannelModel;
  queue: string;
  handle: (event: DomainEvent) => Promise<void>;
  isRunning: () => boolean;
  log: Logger;
}): Promise<() => Promise<void>> {
  const channel = await connection.createChannel();
  let isTaking = true;
  let tail: Promise<void> = Promise.resolve();
  channel.on('error', (error) => {
    log.warn({ err: error }, 'message broker channel failed');
    // All begins anew on a new connection.
    void connection.close().catch(() => {});
  });

  async function handleMessage(message: ConsumeMessage): Promise<void> {
    const event = JSON.parse(message.content.toString('utf8')) as DomainEvent;
    while (isTaking && isRunning()) {
      try {
        await handle(event);
        return ignoreClosed(() => channel.ack(message));
      } catch (error) {
        // Not the event's fault (a failing handler is recorded): the database is away. Kept until it is back.
        log.warn({ err: error, eventId: event.id }, 'cannot record what happened to an event, will try again');
        await new Promise((done) => setTimeout(done, retryMs));
      }
    }
  }

  await channel.prefetch(prefetch);
  await channel.consume(queue, (message) => {
    if (message) tail = tail.then(() => handleMessage(message));
    else {
      // The broker ended this consumer alone (its queue was deleted or lost its leader) and keeps the connection: begin anew.
      log.warn({ queue }, 'the message broker ended a consumer');
      void connection.close().catch(() => {});
    }
  });
  return async () => {
    isTaking = false;
    await tail;
    await channel.close().catch(() => {});
  };
}

/** What is not answered in time ends with its connection, so that all begins anew: `close` would wait for an answer, too. */
async function inTime<T>(connection: ChannelModel, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      fail(new Error('the message broker did not answer in time'));
      // Not in the library's types.
      (connection.connection as unknown as { stream: Duplex }).stream.destroy(new Error('no answer'));
    }, setUpMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The channel may have gone meanwhile: the message is then delivered again and the inbox knows it. */
function ignoreClosed(act: () => void): void {
  try {
    act();
  } catch {
    // Nothing to do: see above.
  }
}

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(heartbeatSeconds));
  return parsed.href;
}
