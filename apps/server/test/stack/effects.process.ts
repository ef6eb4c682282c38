/**
 * A worker process for the tests: the shop's own relay, bus and inbox around one consumer that writes a row per event.
 * The table has no unique key on purpose: an effect made twice shows as two rows.
 */
import { sql } from 'kysely';
import { systemClock } from '#platform/clock.ts';
import { openDatabase } from '#platform/database/database.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createRabbitBus } from '#platform/messaging/rabbit-bus.ts';

const { DATABASE_URL = '', AMQP_URL, BUS_PREFIX = '', FAIL_FIRST = '0', WORKER = '' } = process.env;
const log = createLogger('warn');
const database = openDatabase({ connection: { connectionString: DATABASE_URL } });
const bus = AMQP_URL ? createRabbitBus({ url: AMQP_URL, log, prefix: BUS_PREFIX }) : undefined;
const messaging = createMessaging({ database, clock: systemClock, log, bus });

const failed = new Set<string>();
messaging.subscribers.on('orders.order_paid', 'stack.effects', async (tx, { id, payload }) => {
  // Every n-th event fails the first time this process sees it.
  const shouldFail = Number(FAIL_FIRST) > 0 && payload.payable % Number(FAIL_FIRST) === 0 && !failed.has(id);
  if (shouldFail) {
    failed.add(id);
    throw new Error('the first try fails');
  }
  await sql`
    insert into effects (event_id, order_no, step, worker)
    values (${id}, ${payload.orderNo}, ${payload.payable}, ${WORKER})`.execute(tx);
});

const stop = await messaging.consume();
messaging.relay.start();
process.stdout.write('ready\n');
process.once('SIGTERM', async () => {
  await messaging.relay.stop();
  await stop();
  await bus?.close();
  await database.close();
  process.exit(0);
});
