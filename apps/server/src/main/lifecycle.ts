/** Runs a role until the process is asked to stop, and ends it cleanly: exit 0, or 1 when something would not close. */
import type { Logger } from '#platform/logger.ts';
import { explainStartError } from './start-error.ts';

/** @returns the same stop for callers that do not wait for a signal; it runs once however often it is asked */
export function stopOnSignals(log: Logger, stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const once = () => {
    stopping ??= stop();
    return stopping;
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      once().then(
        () => process.exit(0),
        (error) => {
          log.error({ err: error }, 'did not stop cleanly');
          process.exit(1);
        },
      );
    });
  }
  return once;
}

/** For a role's entry file: one sentence and exit code 1 when it cannot start. */
export function startOrExplain(start: () => Promise<unknown>): void {
  start().catch((error: unknown) => {
    process.stderr.write(`${explainStartError(error)}\n`);
    process.exit(1);
  });
}
