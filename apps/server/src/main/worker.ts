/** The worker role alone: delivers events and does what is due. Several may run; each row is claimed by one. */
import { readConfig } from '#platform/config.ts';
import { compose } from './compose.ts';
import { openInfrastructure } from './infrastructure.ts';
import { startOrExplain, stopOnSignals } from './lifecycle.ts';

startOrExplain(async () => {
  const infrastructure = await openInfrastructure(readConfig(process.env));
  const { messaging, sweeps, log } = infrastructure;
  const { app } = await compose(infrastructure);
  const stopFollowing = await messaging.followOthers();
  const stopConsuming = await messaging.consume();
  messaging.relay.start();
  sweeps.start();
  stopOnSignals(log, async () => {
    await sweeps.stop();
    await messaging.relay.stop();
    await stopConsuming();
    await stopFollowing();
    await app.close();
    await infrastructure.close();
  });
});
