import { describe, expect, it } from 'vitest';
import { entryOf, landingPath, navGroups, visibleGroups } from './nav.ts';

describe('navigation by permission', () => {
  it('shows only the groups and pages a person may open', () => {
    const groups = visibleGroups(navGroups, ['orders.read', 'reviews.read']);
    expect(groups.map(({ title, pages }) => [title, pages.map((page) => page.title)])).toEqual([
      ['订单', ['订单列表', '评价管理']],
    ]);
  });

  it('shows nothing to a person without permissions', () => {
    expect(visibleGroups(navGroups, [])).toEqual([]);
    expect(landingPath(navGroups, [])).toBeNull();
  });

  it('never shows a group that has no page yet', () => {
    const all = navGroups.flatMap((group) => group.pages.map((page) => page.permission));
    expect(visibleGroups(navGroups, all).every((group) => group.pages.length > 0)).toBe(true);
  });

  it('lands on the first page allowed', () => {
    expect(landingPath(navGroups, ['audit.read', 'inventory.read'])).toBe('/stock');
  });

  it('finds the entry of a nested page, and not of one that only begins alike', () => {
    expect(entryOf(navGroups, '/products/0198/edit')?.page.title).toBe('商品列表');
    expect(entryOf(navGroups, '/productsale')).toBeNull();
  });
});
