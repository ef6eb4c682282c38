import { describe, expect, it } from 'vitest';
import {
  attributeObstacles,
  decodeCursor,
  encodeCursor,
  groupFilters,
  isScarce,
  publishObstacles,
  skuSpecText,
  stockFlags,
  storedForms,
  tagsOf,
} from './catalog.domain.ts';
import type { AttributeSchema } from './catalog.tables.ts';

const now = new Date('2026-11-22T00:00:00Z');
const rules = { hotSoldCount: 500, newDays: 21 };
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

const phone: AttributeSchema = {
  type: 'object',
  properties: {
    memory: { type: 'string', title: '内存', enum: ['8GB', '16GB'] },
    weight: { type: 'integer', title: '重量' },
  },
  required: ['memory'],
  additionalProperties: false,
};

describe('catalogue rules', () => {
  it.each([
    [{ soldCount: 500, scarce: false, inStock: true, publishedAt: daysAgo(100) }, ['hot']],
    [{ soldCount: 499, scarce: false, inStock: true, publishedAt: daysAgo(21) }, []],
    [{ soldCount: 0, scarce: false, inStock: true, publishedAt: daysAgo(20.9) }, ['new']],
    [{ soldCount: 900, scarce: true, inStock: true, publishedAt: daysAgo(1) }, ['scarce', 'hot', 'new']],
    [{ soldCount: 0, scarce: true, inStock: false, publishedAt: daysAgo(99) }, []],
    [{ soldCount: 0, scarce: false, inStock: true, publishedAt: null }, []],
  ])('tags only what is true: %o', (spu, tags) => {
    expect(tagsOf(spu, rules, now)).toEqual(tags);
  });

  it('C06-INV-10 is scarce at the safety threshold, not above it and not when sold out', () => {
    expect([0, 1, 5, 6].map((available) => isScarce({ available, safetyStock: 5 }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it.each([
    [
      [
        [3, 5],
        [0, 5],
      ],
      { available: 3, inStock: true, scarce: true },
    ],
    [
      [
        [3, 5],
        [50, 5],
      ],
      { available: 53, inStock: true, scarce: false },
    ],
    [
      [
        [0, 5],
        [0, 5],
      ],
      { available: 0, inStock: false, scarce: false },
    ],
    [[], { available: 0, inStock: false, scarce: false }],
  ])('a product is scarce when all that is left of it is: %o', (levels, flags) => {
    expect(stockFlags(levels.map(([available = 0, safetyStock = 0]) => ({ available, safetyStock })))).toEqual(flags);
  });

  it('C04-TECH-14 names every fault of the attributes in the merchant’s words', () => {
    expect(attributeObstacles(phone, { memory: '8GB', weight: 180 })).toEqual([]);
    expect(attributeObstacles(phone, {})).toEqual([{ field: 'attributes.memory', message: '请填写内存' }]);
    expect(
      attributeObstacles(phone, { memory: '9GB', weight: 1.5, screen: '6' })
        .map(({ message }) => message)
        .sort(),
    ).toEqual(['内存只能是8GB、16GB', '这个分类没有「screen」', '重量的格式不对']);
  });

  it('wants a picture, a SKU and honest prices', () => {
    const fit = {
      gallerySize: 1,
      skus: [{ skuCode: 'A', salePrice: 100, listPrice: 100 }],
      attributes: { memory: '8GB' },
      schema: phone,
    };
    expect(publishObstacles(fit)).toEqual([]);
    expect(publishObstacles({ ...fit, gallerySize: 0 }).map(({ field }) => field)).toEqual(['gallery']);
    expect(publishObstacles({ ...fit, skus: [] }).map(({ field }) => field)).toEqual(['skus']);
    expect(publishObstacles({ ...fit, skus: [{ skuCode: 'A', salePrice: 100, listPrice: 99 }] })).toEqual([
      { field: 'skus', message: '请检查价格：A' },
    ]);
  });

  it('cursors come back as they went, and only to the order they came from', () => {
    const id = '019b0000-0000-7000-8000-000000000001';
    expect(decodeCursor('default', encodeCursor('default', [true, 12.345678901234567, id]))).toEqual([
      true,
      12.345678901234567,
      id,
    ]);
    const bad = [
      '',
      'x',
      encodeCursor('sales', [1, id]),
      encodeCursor('default', [true, id]),
      encodeCursor('default', [true, 1, 'not an id']),
      encodeCursor('default', ['x', 1, id]),
    ];
    for (const cursor of bad)
      expect(() => decodeCursor('default', cursor), cursor).toThrow(
        expect.objectContaining({ code: 'catalog.cursor_invalid' }),
      );
    expect(() => decodeCursor('newest', encodeCursor('newest', ['soon', id]))).toThrow(
      expect.objectContaining({ code: 'catalog.cursor_invalid' }),
    );
  });

  it('groups attribute filters by key and finds how a value may be stored', () => {
    expect([...groupFilters(['a:1', 'b:x:y', 'a:2', 'nothing', ':z', 'c:'])]).toEqual([
      ['a', ['1', '2']],
      ['b', ['x:y']],
    ]);
    expect([storedForms('纯棉'), storedForms('60'), storedForms('true')]).toEqual([
      ['纯棉'],
      ['60', 60],
      ['true', true],
    ]);
  });

  it('spells a SKU', () => {
    expect([skuSpecText(['颜色', '尺寸'], ['红', 'XL']), skuSpecText([], [])]).toEqual(['颜色：红，尺寸：XL', '默认']);
  });
});
