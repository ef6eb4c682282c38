import type { Facets, ProductCard, ProductQuery, ProductSort } from '@xiaopu/contracts';
import { reactive, ref } from 'vue';
import { noteAct } from '@/features/events/acts';
import { api } from '@/platform/request';
import { storage } from '@/platform/storage';
import { toastError } from '@/platform/toast';
import { usePaged } from '@/shared/lib/loading';
import { type Filters, facetQuery, nextSort, noFilters, productQuery } from './list-query';

export type ListLayout = 'card' | 'row';
const pageSize = 20;

/** Sort, filters, layout and pages of one list of goods: category list, search results, a shop's goods. */
export function useProductList(base: () => Pick<ProductQuery, 'q' | 'categoryId' | 'shopId'>) {
  const sort = ref<ProductSort>('default');
  const layout = ref<ListLayout>(storage.read<ListLayout>('list.layout') ?? 'card');
  const filters = ref<Filters>(noFilters());
  const facets = reactive({ open: false, loading: false, data: undefined as Facets | undefined });
  const paged = usePaged<ProductCard>((cursor) => {
    if (cursor === undefined && base().q !== undefined) noteAct({ kind: 'search' });
    return api.catalog.products(productQuery(base(), filters.value, sort.value, cursor, pageSize));
  });

  function setSort(tapped: 'default' | 'sales' | 'newest' | 'price'): void {
    const next = nextSort(sort.value, tapped);
    if (next === sort.value) return;
    sort.value = next;
    void paged.reload();
  }
  function switchLayout(): void {
    layout.value = layout.value === 'card' ? 'row' : 'card';
    storage.write('list.layout', layout.value);
  }
  async function countFacets(draft: Filters): Promise<void> {
    facets.loading = true;
    try {
      facets.data = await api.catalog.facets(facetQuery(base(), draft));
    } catch (error) {
      toastError(error);
    } finally {
      facets.loading = false;
    }
  }
  function openFilters(): void {
    facets.open = true;
    void countFacets(filters.value);
  }
  function apply(next: Filters): void {
    filters.value = next;
    facets.open = false;
    void paged.reload();
  }
  function reset(): void {
    filters.value = noFilters();
    sort.value = 'default';
    facets.data = undefined;
  }
  return { sort, layout, filters, facets, paged, setSort, switchLayout, openFilters, countFacets, apply, reset };
}
export type ProductList = ReturnType<typeof useProductList>;
