/**
 * The shop's stock changes as they happen. By fetch, because EventSource cannot say which of a person's shops is meant; it
 * connects again by itself and goes on from its last number.
 */
import type { StockChange } from '@xiaopu/contracts';
import { onBeforeUnmount, onMounted } from 'vue';
import { api, openStream } from './api.ts';

const againMs = 3_000;

/** Events of a text stream, as they become whole. @returns what is not whole yet */
export function readEvents(text: string, on: (event: { name: string; data: string }) => void): string {
  const parts = text.split('\n\n');
  const rest = parts.pop() ?? '';
  for (const part of parts) {
    const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(part)?.[1];
    const name = field('event');
    if (name) on({ name, data: field('data') ?? '' });
  }
  return rest;
}

export function useStockStream({ onChange, onReset }: { onChange(change: StockChange): void; onReset(): void }): void {
  const stop = new AbortController();
  let sequence: number | undefined;

  async function listen(): Promise<void> {
    sequence ??= (await api.stock.changes()).sequence;
    const stream = await openStream(`/api/console/stock/stream?after=${sequence}`, stop.signal);
    let text = '';
    for await (const chunk of stream) {
      text = readEvents(text + chunk, ({ name, data }) => {
        if (name === 'reset') onReset();
        if (name !== 'stock') return;
        const change = JSON.parse(data) as StockChange;
        sequence = change.sequence;
        onChange(change);
      });
    }
  }
  async function follow(): Promise<void> {
    while (!stop.signal.aborted) {
      // A nicety: the list works without it.
      await listen().catch(() => {});
      await new Promise((done) => window.setTimeout(done, againMs));
    }
  }
  onMounted(() => void follow());
  onBeforeUnmount(() => stop.abort());
}
