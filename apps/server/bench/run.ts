/** `npm run bench [-- name…]`, `npm run bench -- scale [options]`: measures and writes docs/benchmarks. */
import { benchCost } from './cost.ts';
import { benchFeed } from './feed.ts';
import { benchFlash } from './flash.ts';
import { benchInventory } from './inventory.ts';
import { benchReconciliation } from './reconciliation.ts';
import { benchCached } from './scale/cached.ts';
import { benchScale } from './scale/scale.ts';
import { benchShop } from './shop.ts';

const benches: Record<string, () => Promise<void>> = {
  shop: benchShop,
  cost: benchCost,
  inventory: benchInventory,
  flash: benchFlash,
  reconciliation: benchReconciliation,
  cached: benchCached,
};
// Installs servers where they are missing, so it runs only when it is named, too.
if (process.argv[2] === 'feed') {
  await benchFeed();
  process.exit();
}
// Takes an hour and 30 GB at its full size, so it runs only when it is named; what follows the name is its own.
if (process.argv[2] === 'scale') {
  await benchScale(process.argv.slice(3));
  process.exit();
}
const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  process.stderr.write(`No bench named ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.\n`);
  process.exit(2);
}
for (const name of names.length > 0 ? names : Object.keys(benches)) await benches[name]?.();
