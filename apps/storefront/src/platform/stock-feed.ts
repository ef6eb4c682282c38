/** Stock as it changes, over the network of this platform: a stream in browsers, questions in mini programs. */
import type { StockChange } from '@xiaopu/contracts';
import { api } from './request';
import { followStock, type StockFollower, type StockSource } from './stock-feed.core';

export function followProducts(
  { shopId, spuIds }: { shopId: string; spuIds: readonly string[] },
  on: { onChange(change: StockChange): void; onReset(): void },
): StockFollower {
  const wanted = { shopId, spuIds: spuIds.join(',') };
  const source: StockSource = {
    ask: (after) => api.stockChanges({ ...wanted, ...(after === undefined ? {} : { after }) }),
    later: (work, ms) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  };
  // #ifdef H5
  if (typeof EventSource === 'function') {
    source.stream = (after, { change, reset, broken }) => {
      const query = `shopId=${wanted.shopId}&spuIds=${wanted.spuIds}&after=${after}`;
      const events = new EventSource(`${__API_BASE__}/api/stock/stream?${query}`);
      events.addEventListener('stock', ({ data }) => change(JSON.parse(data as string) as StockChange));
      events.addEventListener('reset', reset);
      // It connects again by itself with the last number, unless the server refused it.
      events.onerror = () => {
        if (events.readyState === EventSource.CLOSED) broken();
      };
      return () => events.close();
    };
  }
  // #endif
  return followStock(source, on);
}
