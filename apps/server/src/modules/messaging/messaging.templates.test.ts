import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoTemplates, fillTemplate, fitsField, templatesFrom } from './messaging.templates.ts';

const at = '2026-11-22T04:05:00.000Z';

describe('fillTemplate', () => {
  it('fills the shipped message and cuts each value to its kind', () => {
    expect(
      fillTemplate(demoTemplates.order_shipped, {
        orderNo: '26112212000000000001',
        at,
        title: '北欧风加厚亚麻四件套床单被套双人1.8米可水洗',
        carrierName: '中国邮政EMS',
        waybillNo: '98 1234567 8901',
      }),
    ).toEqual({
      character_string1: { value: '26112212000000000001' },
      thing2: { value: '北欧风加厚亚麻四件套床单被套双人1.8米' },
      phrase3: { value: '中国邮政' },
      character_string4: { value: '9812345678901' },
      time5: { value: '2026年11月22日 12:05' },
    });
  });
  it('never leaves a field empty', () => {
    expect(fillTemplate(demoTemplates.order_shipped, { orderNo: '1', at })).toEqual({
      character_string1: { value: '1' },
      thing2: { value: '点击查看详情' },
      phrase3: { value: '快递' },
      character_string4: { value: '-' },
      time5: { value: '2026年11月22日 12:05' },
    });
  });
  it('names the field it cannot fill rather than sending what WeChat refuses', () => {
    expect(fillTemplate(demoTemplates.order_refunded, { orderNo: '1', at })).toEqual({ unfit: 'amount2' });
    expect(fillTemplate({ templateId: 't', title: '', fields: { video1: 'title' } }, { orderNo: '1', at })).toEqual({
      unfit: 'video1',
    });
  });
  it('fits every rule for any title, carrier and number', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.integer({ min: 0, max: 99_999_999 }),
        (title, carrierName, waybillNo, amount) => {
          for (const template of Object.values(demoTemplates)) {
            const data = fillTemplate(template, {
              orderNo: '26112212000000000001',
              at,
              title,
              carrierName,
              waybillNo,
              amount,
              reason: title,
              name: title,
              hint: carrierName,
              until: at,
            });
            expect('unfit' in data).toBe(false);
            for (const [field, { value }] of Object.entries(data as Record<string, { value: string }>)) {
              expect(fitsField(field, value), `${field} ${JSON.stringify(value)}`).toBe(true);
            }
          }
        },
      ),
    );
  });
});

describe('fitsField', () => {
  it.each([
    ['thing1', '一'.repeat(20), true],
    ['thing1', '一'.repeat(21), false],
    ['thing1', '两行\n字', false],
    ['thing1', '', false],
    ['character_string2', 'A1-', true],
    ['character_string2', '单号', false],
    ['character_string2', '1'.repeat(33), false],
    ['amount3', '¥89.90', true],
    ['amount3', '89.9', true],
    ['amount3', '八十九', false],
    ['time4', '2026年11月22日 12:05', true],
    ['time4', '2026-11-22', false],
    ['phrase5', '顺丰速运', true],
    ['phrase5', '顺丰速运快递', false],
    ['phrase5', 'EMS', false],
    ['unknown1', 'x', false],
  ])('%s %j: %s', (field, value, fits) => {
    expect(fitsField(field, value)).toBe(fits);
  });
});

it('offers only the kinds whose ids the merchant gave', () => {
  expect(templatesFrom({ order_paid: 'T1', order_shipped: '' })).toEqual({
    order_paid: { ...demoTemplates.order_paid, templateId: 'T1' },
  });
});
