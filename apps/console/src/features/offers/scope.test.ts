import { describe, expect, it } from 'vitest';
import { modeOf, scopeProblem, withMode } from './scope.ts';

describe('which goods an offer is for', () => {
  it('tells the mode and keeps what the form does not show', () => {
    expect([{}, { spuIds: ['p'] }, { skuIds: ['k'] }, { categoryIds: ['c'] }].map(modeOf)).toEqual([
      ...['all', 'goods', 'goods', 'categories'],
    ]);
    const scope = { spuIds: ['p'], excludeCategoryIds: ['x'], excludeSpuIds: ['q'] };
    expect(withMode(scope, 'categories')).toEqual({ categoryIds: [], excludeCategoryIds: ['x'], excludeSpuIds: ['q'] });
    expect(withMode(scope, 'goods')).toEqual({ spuIds: ['p'], excludeCategoryIds: ['x'] });
    expect(withMode({ spuIds: ['p'], excludeSpuIds: [] }, 'all')).toEqual({});
  });

  it('asks for goods where an empty list would reach nothing', () => {
    expect([{}, { spuIds: [] }, { categoryIds: [] }, { spuIds: ['p'] }].map(scopeProblem)).toEqual([
      ...['', '请选择商品', '请选择分类', ''],
    ]);
  });
});
