/** The http role alone: answers requests; a worker delivers and sweeps. Several may run behind a gateway. */
import { readConfig } from '#platform/config.ts';
import { compose } from './compose.ts';
import { openInfrastructure } from './infrastructure.ts';
import { startOrExplain, stopOnSignals } from './lifecycle.ts';
import { servePages } from './pages.ts';

startOrExplain(async () => {
  const config = readConfig(process.env);
  const infrastructure = await openInfrastructure(config);
  const { app } = await compose(infrastructure);
  const stopFollowing = await infrastructure.messaging.followOthers();
  await servePages(app);
  stopOnSignals(infrastructure.log, async () => {
    await app.close();
    await stopFollowing();
    await infrastructure.close();
  });
  await app.listen({ port: config.port, host: config.host });
});
