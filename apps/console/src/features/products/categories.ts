import { useQuery } from '@tanstack/vue-query';
import type { ConsoleCategories } from '@xiaopu/contracts/console';
import { computed } from 'vue';
import { api } from '../../shared/lib/api.ts';

export type CategoryRow = ConsoleCategories['categories'][number];
export interface CategoryNode extends CategoryRow {
  children: CategoryNode[];
}

export function treeOf(rows: readonly CategoryRow[]): CategoryNode[] {
  const nodes = new Map(rows.map((row) => [row.categoryId, { ...row, children: [] as CategoryNode[] }]));
  const roots: CategoryNode[] = [];
  for (const node of nodes.values()) {
    const parent = node.parentId ? nodes.get(node.parentId) : undefined;
    (parent?.children ?? roots).push(node);
  }
  const bySort = (a: CategoryNode, b: CategoryNode) => a.sort - b.sort;
  for (const node of nodes.values()) node.children.sort(bySort);
  return roots.sort(bySort);
}

export function useCategories() {
  const query = useQuery({ queryKey: ['categories'], queryFn: () => api.categories(), staleTime: 300_000 });
  const rows = computed(() => query.data.value?.categories ?? []);
  const tree = computed(() => treeOf(rows.value));
  const options = computed(() =>
    tree.value.map((node) => ({
      value: node.categoryId,
      label: node.name,
      children: node.children.length
        ? node.children.map((child) => ({ value: child.categoryId, label: child.name }))
        : undefined,
    })),
  );
  const find = (id: string) => rows.value.find((row) => row.categoryId === id);
  return { ...query, rows, tree, options, find };
}
