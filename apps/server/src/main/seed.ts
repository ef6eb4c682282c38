/** Fills an empty database with the demo shops, then ends: for an install of several processes, before they start. */
import { readConfig } from '#platform/config.ts';
import { compose } from './compose.ts';
import { openDemo, seedDemoShops } from './demo-opening.ts';
import { openInfrastructure } from './infrastructure.ts';
import { startOrExplain } from './lifecycle.ts';

startOrExplain(async () => {
  const infrastructure = await openInfrastructure(readConfig(process.env));
  const shop = await compose(infrastructure);
  await openDemo(infrastructure, shop, await seedDemoShops(infrastructure, shop));
  await shop.app.close();
  await infrastructure.close();
});
