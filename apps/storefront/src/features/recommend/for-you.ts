/** 猜你喜欢: the personal part of a page is a request of its own, made once the page itself is there; without an answer the page stays as it is. */
import type { RecommendationQuery, RecommendedProduct } from '@xiaopu/contracts';
import { computed, reactive } from 'vue';
import { actCount, flushActs, keepPersonalisationOff, personalisationOff } from '@/features/events/acts';
import { api } from '@/platform/request';
import { sessionKeeper } from '@/platform/session';

const pageSize = 10;

/** @param needsPersonal leave the page's own list alone when nothing is known of the shopper */
export function useForYou(scene: RecommendationQuery['scene'], { needsPersonal = false } = {}) {
  const state = reactive({
    items: [] as RecommendedProduct[],
    isPersonal: false,
    cursor: null as string | null,
    loading: false,
  });
  let askedAt = -1;
  let asked = '';

  /** Asks again only when the shopper did something since. */
  async function load(of: { shopId?: string; except?: readonly string[] } = {}): Promise<void> {
    if (state.loading || sessionKeeper.token() === undefined) return;
    if (needsPersonal && personalisationOff()) return clear();
    const about = JSON.stringify([of, sessionKeeper.token()]);
    if (askedAt === actCount() && asked === about) return;
    state.loading = true;
    try {
      await flushActs();
      const count = actCount();
      const except = of.except?.slice(0, 60).join(',');
      const page = await api.recommendations.list({
        ...{ scene, limit: pageSize },
        ...(of.shopId === undefined ? {} : { shopId: of.shopId }),
        ...(except ? { except } : {}),
      });
      [askedAt, asked] = [count, about];
      // Said on another phone: this one follows.
      if (page.isOff !== personalisationOff()) keepPersonalisationOff(page.isOff);
      if (needsPersonal && page.basis === 'hot') return clear();
      state.items = page.items;
      state.isPersonal = page.basis === 'personal';
      state.cursor = page.nextCursor;
    } catch {
      // a nicety: what is shown stays
    } finally {
      state.loading = false;
    }
  }
  async function more(): Promise<void> {
    if (state.loading || state.cursor === null) return;
    state.loading = true;
    try {
      const page = await api.recommendations.list({ scene, limit: pageSize, cursor: state.cursor });
      const known = new Set(state.items.map(({ product }) => product.spuId));
      state.items.push(...page.items.filter(({ product }) => !known.has(product.spuId)));
      state.cursor = page.nextCursor;
    } catch {
      state.cursor = null; // the page's own list goes on
    } finally {
      state.loading = false;
    }
  }
  function clear(): void {
    state.items = [];
    state.isPersonal = false;
    state.cursor = null;
  }

  const cards = computed(() => state.items.map(({ product }) => product));
  const reasons = computed(() =>
    Object.fromEntries(
      state.items.flatMap(({ product, reasonText }) => (reasonText ? [[product.spuId, reasonText]] : [])),
    ),
  );
  return { state, cards, reasons, load, more, clear };
}
