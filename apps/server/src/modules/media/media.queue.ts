/** At most `limit` at once; urgent work (somebody waits for it) goes before the rest. */
export function createQueue(limit: number) {
  const waiting: { urgent: (() => void)[]; idle: (() => void)[] } = { urgent: [], idle: [] };
  let running = 0;
  const next = () => {
    if (running >= limit) return;
    const start = waiting.urgent.shift() ?? (running === 0 ? waiting.idle.shift() : undefined);
    if (start) {
      running += 1;
      start();
    }
  };
  return async <T>(work: () => Promise<T>, priority: 'urgent' | 'idle' = 'urgent'): Promise<T> => {
    const turn = new Promise<void>((start) => waiting[priority].push(start));
    next();
    await turn;
    try {
      return await work();
    } finally {
      running -= 1;
      next();
    }
  };
}
