/** `npm run demo -- <story>`: a story told step by step against the running shop (PORT, default 3000). */
import { afterSale } from './after-sale.ts';
import { buy } from './buy.ts';
import { distribution } from './distribution.ts';
import { flashSale } from './flash-sale.ts';
import { groupBuy } from './group-buy.ts';
import { reconciliation } from './reconciliation.ts';
import { refund } from './refund.ts';
import { createStage } from './stage.ts';

const stories: Record<string, { tells: string; tell: (stage: ReturnType<typeof createStage>) => Promise<unknown> }> = {
  'after-sale': {
    tells: 'received goods go back: agreed by silence, sent, received, on the shelf, money returned',
    tell: afterSale,
  },
  buy: { tells: 'a shopper finds, orders, pays and receives; the shop ships', tell: buy },
  distribution: {
    tells:
      'a link binds a friend, an order earns, a refund takes its part, the rest is settled, withdrawn and confirmed',
    tell: distribution,
  },
  'flash-sale': {
    tells: 'two units, three shoppers at once: places, an order at the flash price, a place that comes back',
    tell: flashSale,
  },
  'group-buy': {
    tells: 'five buy together and the difference comes back; two wait in vain and get all of it back',
    tell: groupBuy,
  },
  reconciliation: {
    tells: "the next morning's bills are compared with the ledger; a planted difference is found and settled",
    tell: reconciliation,
  },
  refund: { tells: 'a paid order is cancelled before shipping and the money goes back', tell: refund },
};

const [name = ''] = process.argv.slice(2);
const story = stories[name];
if (!story) {
  process.stdout.write('Usage: npm run demo -- <story>, with the shop running (npm start).\n\n');
  for (const [key, { tells }] of Object.entries(stories)) process.stdout.write(`  ${key.padEnd(14)} ${tells}\n`);
  process.exit(name === '' ? 0 : 2);
}

const origin = process.env.SHOP_URL ?? `http://127.0.0.1:${process.env.PORT ?? 3000}`;
try {
  await story.tell(createStage(origin));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const isDown = error instanceof TypeError && /fetch failed/.test(message);
  process.stderr.write(isDown ? `\nNo shop answers at ${origin}: start it with npm start.\n` : `\n✗ ${message}\n`);
  process.exit(1);
}
