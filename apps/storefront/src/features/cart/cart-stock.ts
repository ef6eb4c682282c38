/** The cart's stock as it changes: one follower a shop, a quiet reload when something in the cart has moved. */
import type { Cart } from '@xiaopu/contracts';
import { followProducts } from '@/platform/stock-feed';
import type { StockFollower } from '@/platform/stock-feed.core';

/** Browsers hold few connections to one host; what does not fit is seen at the next opening of the cart. */
const mostShops = 3;
const mostProducts = 40;
const gatherMs = 600;

export function useCartStock(reload: () => void) {
  let followers: StockFollower[] = [];
  let followed = '';
  let isDue = false;

  function soon(): void {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      if (followers.length > 0) reload();
    }, gatherMs);
  }
  function stop(): void {
    for (const follower of followers) follower.pause();
    followers = [];
    followed = '';
  }

  return {
    stop,
    /** Call with each new cart: the same products go on being followed. */
    follow({ groups }: Cart): void {
      const shops = groups.slice(0, mostShops).map(({ shopId, lines }) => ({
        shopId,
        spuIds: [...new Set(lines.map(({ spuId }) => spuId))].sort().slice(0, mostProducts),
      }));
      const wanted = JSON.stringify(shops);
      if (wanted === followed) return;
      stop();
      followed = wanted;
      const available = new Map(
        groups.flatMap(({ lines }) => lines.map((line) => [line.skuId, line.available] as const)),
      );
      followers = shops.map((shop) =>
        followProducts(shop, {
          onChange: ({ skuId, poolId, available: now }) => {
            const before = available.get(skuId);
            if (poolId !== null || before === undefined || Math.min(before, 99) === now) return;
            available.set(skuId, now);
            soon();
          },
          onReset: soon,
        }),
      );
      for (const follower of followers) follower.resume();
    },
  };
}
