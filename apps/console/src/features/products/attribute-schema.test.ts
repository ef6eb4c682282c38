import { describe, expect, it } from 'vitest';
import { attributeErrors, cleanAttributes, fieldsOf } from './attribute-schema.ts';

const fields = fieldsOf({
  type: 'object',
  required: ['brand'],
  properties: {
    brand: { type: 'string', title: '品牌', maxLength: 4, 'x-filter': true },
    origin: { type: 'string', title: '产地', enum: ['福建', '云南'] },
    weight: { type: 'integer', title: '净含量', minimum: 1, maximum: 100 },
    gift: { type: 'boolean', title: '礼盒' },
  },
});

describe('attribute form from JSON Schema', () => {
  it('picks a control for each property', () => {
    expect(fields.map(({ key, kind, required, filterable }) => [key, kind, required, filterable])).toEqual([
      ['brand', 'text', true, true],
      ['origin', 'choice', false, false],
      ['weight', 'integer', false, false],
      ['gift', 'switch', false, false],
    ]);
  });

  it('survives a category without a schema', () => {
    expect(fieldsOf({})).toEqual([]);
  });

  it('names each wrong field', () => {
    expect(attributeErrors(fields, { brand: '', origin: '广东', weight: 0 })).toEqual({
      brand: '请填写品牌',
      origin: '产地不在可选范围内',
      weight: '不能小于 1',
    });
    expect(attributeErrors(fields, { brand: '五个字品牌', weight: 1.5 })).toEqual({
      brand: '最多 4 个字',
      weight: '请填整数',
    });
    expect(attributeErrors(fields, { brand: '山前', gift: false })).toEqual({});
  });

  it('sends no blanks and nothing of another category', () => {
    expect(cleanAttributes(fields, { brand: ' 山前 ', origin: '', weight: null, gift: false, lens: '50mm' })).toEqual({
      brand: '山前',
      gift: false,
    });
  });
});
