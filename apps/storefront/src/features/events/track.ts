/** What shoppers do with the page itself, kept until someone sends it on. Names are `subject.what_happened`; no personal value. */
export interface ShopEvent {
  name: string;
  at: string;
  facts: Record<string, string | number | boolean>;
}

const kept = 200;
const queue: ShopEvent[] = [];

export function track(name: string, facts: ShopEvent['facts'] = {}): void {
  queue.push({ name, at: new Date().toISOString(), facts });
  if (queue.length > kept) queue.shift();
}
export const drainEvents = (): ShopEvent[] => queue.splice(0, queue.length);
