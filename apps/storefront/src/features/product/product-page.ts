/** What the product page knows and does; the page itself only draws. */
import type { ProductDetail } from '@xiaopu/contracts';
import { computed, reactive } from 'vue';
import { addToCart } from '@/features/cart/add-to-cart';
import { soleLine } from '@/features/payment/place-and-pay';
import { tapFeedback } from '@/platform/haptics';
import { api } from '@/platform/request';
import { isMember, sessionKeeper } from '@/platform/session';
import { toast, toastError } from '@/platform/toast';
import { useLoad } from '@/shared/lib/loading';
import { go, routes } from '@/shared/lib/routes';
import { rememberedCard } from '@/shared/lib/visit';
import type { SkuPick } from './SkuSheet.vue';

export function useProductPage() {
  const page = reactive({
    spuId: '',
    favourite: false,
    arrival: '',
    chosenText: '',
    chosenSkuId: '',
    sheet: 'closed' as 'closed' | 'both' | 'cart' | 'buy',
    adding: false,
  });
  const { state, load } = useLoad<ProductDetail>(() => api.catalog.product(page.spuId));
  const card = computed(() => rememberedCard(page.spuId));
  const blocked = computed(() => {
    if (state.data === undefined) return '';
    if (!state.data.onSale) return '商品已下架';
    return state.data.skus.some((sku) => sku.available > 0) ? '' : '暂时无货';
  });

  async function open(spuId: string): Promise<void> {
    page.spuId = spuId;
    await load();
    if (state.data === undefined) return;
    void lookAround(state.data);
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
      if (wanted) toast('已收藏');
    } catch (error) {
      page.favourite = !wanted;
      toastError(error);
    }
  }

  /** True when it is in the cart. */
  async function pick({ skuId, quantity }: SkuPick, action: 'cart' | 'buy' | 'change'): Promise<boolean> {
    if (action === 'buy') {
      page.sheet = 'closed';
      go(routes.checkout({ skuId, quantity: String(quantity) }));
      return false;
    }
    if (page.adding) return false;
    page.adding = true;
    try {
      await addToCart(skuId, quantity);
      page.sheet = 'closed';
      return true;
    } catch (error) {
      toastError(error);
      return false;
    } finally {
      page.adding = false;
    }
  }

  return { page, state, card, blocked, open, reload: load, toggleFavourite, pick };
}
