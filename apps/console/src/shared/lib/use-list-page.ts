import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, reactive, ref, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { decode, encode, type Fields, toRequest, type Values, whole } from './url-filters.ts';

export interface NumberedPage<Item> {
  items: Item[];
  total: number;
  page: number;
  pageSize: number;
}

const paging = { page: whole(1, { max: 1000 }), pageSize: whole(20, { max: 100 }) };

/** What goes to the server: paging always, filters when set. */
type Sent<F extends Fields> = { page: number; pageSize: number } & {
  [K in keyof Values<F>]?: Exclude<Values<F>[K], ''>;
};

interface Options<F extends Fields, Item> {
  /** Query key; also the name under which saved views and columns are kept. */
  key: string;
  fields: F;
  fetch(request: Sent<F>): Promise<NumberedPage<Item>>;
  /** Values that are sent but do not come from the URL (the id of a parent, say). */
  extra?: () => Record<string, string | number | boolean>;
  refetchMs?: number;
}

/**
 * The list-page pattern: the URL is the state. `draft` is what the filter bar edits; `apply` writes it to the URL,
 * and the query follows the URL, so back, reload and a pasted link all show the same rows.
 */
export function useListPage<F extends Fields, Item>(options: Options<F, Item>) {
  const route = useRoute();
  const router = useRouter();
  const allFields = { ...options.fields, ...paging };
  const ownPath = route.path;

  const values = computed(() => decode(allFields, route.query) as Values<F> & { page: number; pageSize: number });
  const draft = reactive({ ...values.value }) as Values<F>;
  watch(values, (next) => Object.assign(draft, next));

  function go(next: Record<string, unknown>, how: 'push' | 'replace' = 'push'): void {
    const query = encode(allFields, next as Partial<Values<typeof allFields>>, route.query);
    void router[how]({ query });
  }

  const query = useQuery({
    queryKey: computed(() => [options.key, options.extra?.() ?? null, values.value]),
    queryFn: () => options.fetch({ ...toRequest(values.value), ...options.extra?.() } as Sent<F>),
    placeholderData: keepPreviousData,
    refetchInterval: options.refetchMs ?? false,
    // the page stays alive for a moment while the router leaves it; the next page's query is not ours
    enabled: computed(() => route.path === ownPath),
  });

  const selected = ref<Item[]>([]);
  watch(
    () => query.data.value,
    () => {
      selected.value = [];
    },
  );

  const filtered = computed(() =>
    Object.keys(options.fields).some((key) => values.value[key] !== options.fields[key]?.fallback),
  );

  return reactive({
    key: options.key,
    draft,
    values,
    filtered,
    selected,
    items: computed<Item[]>(() => (query.data.value?.items ?? []) as Item[]),
    total: computed(() => query.data.value?.total ?? 0),
    loading: computed(() => query.isPending.value),
    refreshing: computed(() => query.isFetching.value),
    error: computed(() => (query.data.value ? null : query.error.value)),
    apply: () => go({ ...values.value, ...draft, page: 1 }),
    set: (patch: Partial<Values<F>>) => go({ ...values.value, ...patch, page: 1 }),
    reset: () => go({ pageSize: values.value.pageSize }),
    setPage: (page: number) => go({ ...values.value, page }),
    setPageSize: (pageSize: number) => go({ ...values.value, pageSize, page: 1 }),
    refresh: () => query.refetch(),
  });
}

/** The part of the list state that table, filter bar and bulk bar need, whatever the filters are. */
export interface ListState<Item = unknown> {
  key: string;
  filtered: boolean;
  selected: Item[];
  items: Item[];
  total: number;
  loading: boolean;
  refreshing: boolean;
  error: unknown;
  values: { page: number; pageSize: number };
  apply(): void;
  reset(): void;
  setPage(page: number): void;
  setPageSize(pageSize: number): void;
  refresh(): unknown;
}
