import { join } from 'node:path';
import type { DomainEvent } from '@xiaopu/contracts';
import { connect } from 'amqplib';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Stack } from '../../../../scripts/stack/stack.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { newId } from '../../src/platform/ids.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { Bus } from '../../src/platform/messaging/bus.ts';
import { createMessaging } from '../../src/platform/messaging/outbox.ts';
import { createRabbitBus } from '../../src/platform/messaging/rabbit-bus.ts';
import type { TestDatabase } from '../database.ts';
import { createStackDatabase, type NodeProcess, ownPrefix, runningStack, startNode, waitFor } from './stack.ts';

const log = createLogger('silent');
const worker = join(import.meta.dirname, 'effects.process.ts');
const [orders, steps] = [100, 10];
const total = orders * steps;

describe('order messages through RabbitMQ', () => {
  let stack: Stack;
  let database: TestDatabase & { url: string };
  let prefix: string;
  let bus: Bus;
  let workers: NodeProcess[];
  beforeAll(async () => {
    stack = await runningStack();
  });
  beforeEach(async () => {
    database = await createStackDatabase(stack);
    await sql`create table effects (
      sequence bigserial, event_id uuid not null, order_no text not null, step integer not null, worker text not null
    )`.execute(database.db);
    prefix = ownPrefix();
    bus = createRabbitBus({ url: stack.env.AMQP_URL, log, prefix });
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((each) => each.kill()));
    await bus.close();
    await database.close();
  });
  afterAll(async () => {
    await stack.startServer('rabbitmq');
  });

  const startWorker = async (name: string, env: Record<string, string> = {}) => {
    const started = await startNode(worker, {
      DATABASE_URL: database.url,
      AMQP_URL: stack.env.AMQP_URL,
      BUS_PREFIX: prefix,
      WORKER: name,
      ...env,
    });
    workers.push(started);
    return started;
  };
  const eventOf = (index: number): DomainEvent<'orders.order_paid'> => {
    const [order, step] = [index % orders, Math.floor(index / orders) + 1];
    const payload = { buyerId: 'b', shopId: 's', orderNo: `order-${order}`, payable: step };
    return { id: newId(), name: 'orders.order_paid', payload, at: new Date().toISOString() };
  };
  /** As a shop would: committed to the outbox, a few at a time. */
  async function publishAll(): Promise<void> {
    const { outbox } = createMessaging({ database, clock: systemClock, log, bus });
    for (let index = 0; index < total; index += 20) {
      const events = Array.from({ length: 20 }, (_, offset) => eventOf(index + offset));
      await database.inTransaction((tx) => outbox.publishAll(tx, events));
    }
  }
  /** Every tenth message once more, straight to the broker: what a relay does that died before its commit. */
  async function repeatEveryTenth(): Promise<number> {
    const rows = await database.db
      .selectFrom('platform.outbox')
      .select(['eventId', 'name', 'payload', 'createdAt'])
      .orderBy('eventId')
      .execute();
    const repeats = rows
      .filter((_, index) => index % 10 === 0)
      .map(({ eventId, name, payload, createdAt }) => ({ id: eventId, name, payload, at: createdAt.toISOString() }));
    await bus.send(repeats as DomainEvent[]);
    return repeats.length;
  }
  const effects = async () => {
    const { rows } = await sql<{ made: number; events: number; workers: number }>`
      select count(*) as made, count(distinct event_id) as events, count(distinct worker) as workers from effects`.execute(
      database.db,
    );
    return rows[0] ?? { made: 0, events: 0, workers: 0 };
  };
  const outOfOrder = async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from (
        select step, row_number() over (partition by order_no order by sequence) as place from effects
      ) as steps where step <> place`.execute(database.db);
    return rows[0]?.count;
  };
  const isQuiet = async () => {
    const { rows } = await sql<{ waiting: number }>`
      select count(*) as waiting from platform.outbox where delivered_at is null`.execute(database.db);
    return rows[0]?.waiting ?? 0;
  };
  const untilAllMade = () => waitFor(effects, ({ events }) => events === total);
  /** Repeats that are still under way would make their second effect now. */
  const untilRepeatsPassed = async () => {
    await waitFor(isQuiet, (waiting) => waiting === 0);
    await new Promise((done) => setTimeout(done, 2_000));
  };

  it('C04-TECH-09 makes exactly 1,000 effects of 1,000 messages with 10 % repeats and a worker killed in the middle', async () => {
    const first = await startWorker('first');
    await startWorker('second');
    await publishAll();
    await waitFor(effects, ({ made }) => made >= 200);
    expect(await repeatEveryTenth()).toBe(100);
    await first.kill();
    await untilAllMade();
    expect(await repeatEveryTenth()).toBe(100);
    await untilRepeatsPassed();
    expect(await effects()).toEqual({ made: total, events: total, workers: 2 });
    expect(await outOfOrder()).toBe(0);
  });

  it('C04-TECH-09 makes exactly 1,000 effects although the broker is killed and started again in the middle', async () => {
    await startWorker('first');
    await startWorker('second');
    await publishAll();
    await waitFor(effects, ({ made }) => made >= 200);
    await stack.stopServer('rabbitmq', 'SIGKILL');
    await stack.startServer('rabbitmq');
    await untilAllMade();
    await untilRepeatsPassed();
    expect(await effects()).toMatchObject({ made: total, events: total });
    expect(await outOfOrder()).toBe(0);
  });

  it('makes every effect although the broker ends single consumers and keeps their connections', async () => {
    await startWorker('first');
    await startWorker('second');
    await publishAll();
    await waitFor(effects, ({ made }) => made >= 200);
    await waitFor(isQuiet, (waiting) => waiting === 0);
    await untilAllMade();
    const connection = await connect(stack.env.AMQP_URL);
    const channel = await connection.createChannel();
    for (let partition = 0; partition < 8; partition += 2) await channel.deleteQueue(`${prefix}.events.${partition}`);
    await sql`truncate effects`.execute(database.db);
    // The queues are away still: what finds none is not taken for handed over.
    await publishAll();
    await untilAllMade();
    await connection.close();
    expect(await outOfOrder()).toBe(0);
  });

  it('keeps messages in the outbox while the broker is away, and a worker that started without it takes part later', async () => {
    await stack.stopServer('rabbitmq');
    await startWorker('early');
    await publishAll();
    expect(await effects()).toMatchObject({ made: 0 });
    await stack.startServer('rabbitmq');
    await untilAllMade();
    expect(await effects()).toMatchObject({ made: total, events: total });
  });

  it('tries again with back-off what failed, and makes its effect once', async () => {
    // One step in ten fails at first.
    await startWorker('first', { FAIL_FIRST: '10' });
    await publishAll();
    await untilAllMade();
    await untilRepeatsPassed();
    expect(await effects()).toMatchObject({ made: total, events: total });
    const tried = await database.db
      .selectFrom('platform.outbox')
      .select('attempts')
      .where('attempts', '>', 0)
      .execute();
    expect(tried.map(({ attempts }) => attempts)).toEqual(Array.from({ length: orders }, () => 1));
  });

  it('hands a worker’s share over when it stops, and loses nothing', async () => {
    const first = await startWorker('first');
    await startWorker('second');
    await publishAll();
    await waitFor(effects, ({ made }) => made >= 200);
    expect(await first.stop()).toBe(0);
    await untilAllMade();
    await untilRepeatsPassed();
    expect(await effects()).toEqual({ made: total, events: total, workers: 2 });
    expect(await outOfOrder()).toBe(0);
  });
});
