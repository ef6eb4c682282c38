/**
 * How long an idempotency key lives: a new one per attempt, the same one for a repeat whose first result is unknown
 * (a lost reply may have made the order), a new one again once the server has answered or the body has changed (C04-INT-04).
 */
export interface Attempt {
  keyFor(body: unknown): string;
  /** The server said yes or no: the next press is a new attempt. */
  answered(): void;
}

export function createAttempt(newKey: () => string): Attempt {
  let open: { key: string; body: string } | undefined;
  return {
    keyFor(body) {
      const text = JSON.stringify(body);
      if (open?.body !== text) open = { key: newKey(), body: text };
      return open.key;
    },
    answered() {
      open = undefined;
    },
  };
}
