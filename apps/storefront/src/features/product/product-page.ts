/** What the product page knows and does; the page itself only draws. */
import type { GroupOffer, ProductDetail } from '@xiaopu/contracts';
import { computed, reactive } from 'vue';
import { onlyByGroup } from '@/features/activities/activity-texts';
import { addToCart } from '@/features/cart/add-to-cart';
import { noteAct } from '@/features/events/acts';
import { soleLine } from '@/features/payment/place-and-pay';
import { tapFeedback } from '@/platform/haptics';
import { api } from '@/platform/request';
import { isMember, sessionKeeper } from '@/platform/session';
import { followProducts } from '@/platform/stock-feed';
import type { StockFollower } from '@/platform/stock-feed.core';
import { toast, toastError } from '@/platform/toast';
import { useLoad } from '@/shared/lib/loading';
import { go, routes } from '@/shared/lib/routes';
import { rememberedCard } from '@/shared/lib/visit';
import type { SkuPick } from './SkuSheet.vue';

/** Changes within it are asked for once. */
const reloadAfterMs = 800;

export function useProductPage() {
  const page = reactive({
    spuId: '',
    favourite: false,
    arrival: '',
    chosenText: '',
    chosenSkuId: '',
    sheet: 'closed' as 'closed' | 'both' | 'cart' | 'buy',
    adding: false,
    groups: [] as GroupOffer[],
  });
  const { state, load } = useLoad<ProductDetail>(() => api.catalog.product(page.spuId));
  const card = computed(() => rememberedCard(page.spuId));
  const blocked = computed(() => {
    if (state.data === undefined) return '';
    if (!state.data.onSale) return '商品已下架';
    return state.data.skus.some((sku) => sku.available > 0) ? '' : '暂时无货';
  });

  /** Nothing of it is sold alone: the way to buy is the group. */
  const groupOnly = computed(() => {
    const skus = state.data?.skus ?? [];
    const offers = skus.map(({ skuId }) => onlyByGroup(page.groups, skuId));
    return offers.every((offer) => offer !== undefined) ? offers[0] : undefined;
  });

  async function open(spuId: string): Promise<void> {
    page.spuId = spuId;
    await load();
    if (state.data === undefined) return;
    void lookAround(state.data);
    follow(state.data);
  }

  let follower: StockFollower | undefined;
  let isReloading = false;
  /** The figure at once; what follows from it (scarce, sold out) is the server's word, asked a moment later. */
  function follow({ spuId, shop }: ProductDetail): void {
    follower?.pause();
    follower = followProducts(
      { shopId: shop.shopId, spuIds: [spuId] },
      {
        onChange: ({ skuId, poolId, available }) => {
          const sku = state.data?.skus.find((one) => one.skuId === skuId);
          if (poolId !== null || sku === undefined || sku.available === Math.min(available, 99)) return;
          sku.available = Math.min(available, 99);
          reloadSoon();
        },
        onReset: reloadSoon,
      },
    );
    if (isShown) follower.resume();
  }
  function reloadSoon(): void {
    if (isReloading) return;
    isReloading = true;
    setTimeout(() => {
      isReloading = false;
      if (isShown) void load().catch(() => {}); // what is on screen stays
    }, reloadAfterMs);
  }
  let isShown = true;
  function shown(is: boolean): void {
    isShown = is;
    if (is) follower?.resume();
    else follower?.pause();
  }

  /** Everything that may come later than the page itself. */
  async function lookAround(product: ProductDetail): Promise<void> {
    const tasks: Promise<unknown>[] = [api.footprints.add(product.spuId)];
    if (sessionKeeper.token() !== undefined) {
      tasks.push(
        api.favourites.get(product.spuId).then(({ isFavourite }) => {
          page.favourite = isFavourite;
        }),
      );
    }
    const sku = product.skus.find((one) => one.available > 0);
    if (isMember.value && sku !== undefined) {
      tasks.push(
        api.checkout.preview({ source: soleLine(sku.skuId, 1) }).then(({ shops }) => {
          page.arrival = shops[0]?.arrival?.text ?? '';
        }),
      );
    }
    await Promise.allSettled(tasks);
  }

  async function toggleFavourite(): Promise<void> {
    const wanted = !page.favourite;
    page.favourite = wanted; // shown at once, taken back on failure
    tapFeedback('light');
    try {
      const reply = wanted ? await api.favourites.add(page.spuId) : await api.favourites.remove(page.spuId);
      page.favourite = reply.isFavourite;
      if (wanted) {
        noteAct({ kind: 'favourite', spuId: page.spuId });
        toast('已收藏');
      }
    } catch (error) {
      page.favourite = !wanted;
      toastError(error);
    }
  }

  /** True when it is in the cart. */
  async function pick({ skuId, quantity }: SkuPick, action: 'cart' | 'buy' | 'change'): Promise<boolean> {
    const group = onlyByGroup(page.groups, skuId);
    if (group) {
      page.sheet = 'closed';
      toast('这个规格正在拼团，不单独出售');
      go(routes.groupOffer(group.activityId));
      return false;
    }
    if (action === 'buy') {
      page.sheet = 'closed';
      noteAct({ kind: 'buy_now', spuId: page.spuId });
      go(routes.checkout({ skuId, quantity: String(quantity) }));
      return false;
    }
    if (page.adding) return false;
    page.adding = true;
    try {
      await addToCart(skuId, quantity, page.spuId);
      page.sheet = 'closed';
      return true;
    } catch (error) {
      toastError(error);
      return false;
    } finally {
      page.adding = false;
    }
  }

  return { page, state, card, blocked, groupOnly, open, reload: load, toggleFavourite, pick, shown };
}
