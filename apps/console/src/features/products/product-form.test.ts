import { describe, expect, it } from 'vitest';
import { fieldsOf } from './attribute-schema.ts';
import { check, emptyForm, type ProductForm, toInput } from './product-form.ts';
import { matrix } from './sku-matrix.ts';

const fields = fieldsOf({ required: ['brand'], properties: { brand: { type: 'string', title: '品牌' } } });

function filled(change: Partial<ProductForm> = {}): ProductForm {
  const form = emptyForm('XP1');
  form.title = '福鼎白茶';
  form.categoryId = 'c1';
  form.skus = form.skus.map((sku) => ({ ...sku, salePrice: 1990 }));
  return { ...form, ...change };
}

describe('product form', () => {
  it('lets a draft lack pictures and attributes, but not a published product', () => {
    expect(check(filled(), fields, false)).toEqual({});
    expect(check(filled(), fields, true)).toEqual({
      gallery: '上架前至少放一张商品图',
      'attributes.brand': '请填写品牌',
    });
  });

  it('says which SKU is wrong', () => {
    const specs = [{ name: '颜色', values: ['白', '蓝'] }];
    const skus = matrix(specs, [], 'A').map((sku, index) => ({
      ...sku,
      skuCode: 'SAME',
      salePrice: index === 0 ? null : 1990,
      listPrice: index === 0 ? null : 990,
    }));
    expect(check(filled({ specs, skus }), fields, false)).toEqual({
      'skus.0.salePrice': '请填写售价',
      'skus.1.skuCode': '编码重复',
      'skus.1.listPrice': '划线价不能低于售价',
    });
  });

  it('refuses empty and repeated specs', () => {
    expect(check(filled({ specs: [{ name: '颜色', values: [] }] }), fields, false).specs).toBe(
      '每个规格至少要有一个值，不用的规格请删除',
    );
    expect(
      check(
        filled({
          specs: [
            { name: '颜色', values: ['白'] },
            { name: '颜色 ', values: ['S'] },
          ],
        }),
        fields,
        false,
      ).specs,
    ).toBe('规格名不能重复');
  });

  it('sends stock only for new SKUs, and the sale price where no list price was given', () => {
    const form = filled();
    form.skus = [
      { ...form.skus[0]!, initialStock: 20 },
      { ...form.skus[0]!, skuId: 'sku-2', skuCode: 'B', initialStock: 99 },
    ];
    const { skus } = toInput(form, fields, 3);
    expect(skus[0]).toMatchObject({ initialStock: 20, salePrice: 1990, listPrice: 1990 });
    expect(skus[1]).toMatchObject({ skuId: 'sku-2' });
    expect(skus[1]).not.toHaveProperty('initialStock');
  });

  it('sends the version it read, so that two editors cannot overwrite each other', () => {
    expect(toInput(filled(), fields, 3).version).toBe(3);
    expect(toInput(filled(), fields, undefined)).not.toHaveProperty('version');
  });
});
