import type { GoodsTerms } from '@xiaopu/contracts';
import { describe, expect, it } from 'vitest';
import { goodsCells, goodsFault, goodsNotes, readGoods } from './catalog.goods.ts';

const refuse = (fault: string) => new Error(fault);
const service: GoodsTerms = {
  kind: 'service',
  places: [
    { name: '静安店', address: '南京西路1号' },
    { name: '徐汇店', address: '' },
  ],
  weekdays: [1, 2, 6],
  opens: '10:00',
  closes: '20:00',
  minutes: 60,
  capacity: 3,
  daysAhead: 14,
  leadHours: 2,
  refundHours: 24,
};

describe('kinds of goods', () => {
  it.each<GoodsTerms | null>([
    null,
    { kind: 'virtual', delivery: 'code', days: 30, content: '在「我的」里兑换' },
    { kind: 'virtual', delivery: 'access', days: null, content: '第一行\nhttps://example.com/a?b=c' },
    service,
  ])('C10-PAY-07 go into the product sheet and come back the same: %j', (goods) => {
    expect(readGoods(...goodsCells(goods), refuse)).toEqual(goods);
  });

  it('C10-PAY-07 tells what the sheet got wrong', () => {
    expect(() => readGoods('借阅', '', refuse)).toThrow('只能填实物、卡密、权益、预约');
    expect(() => readGoods('预约', '', refuse)).toThrow('请填写「地点」');
    expect(() => readGoods('预约', '地点=静安店\n星期=8', refuse)).toThrow('「星期」填 1–7');
    expect(() => readGoods('预约', '地点=静安店\n时间=10:00-10:30', refuse)).toThrow('比一个时段还短');
    expect(() => readGoods('权益', '', refuse)).toThrow('请填写发放内容');
    expect(() => readGoods('卡密', '有效天数=0', refuse)).toThrow('「有效天数」应为 1–3650 的整数');
  });

  it('C10-PAY-07 cannot have two places of one name, nor hours that hold no window', () => {
    expect(goodsFault(service)).toBeUndefined();
    expect(goodsFault({ ...service, places: [...service.places, { name: '静安店', address: '' }] })).toContain('重名');
    expect(goodsFault({ ...service, closes: '10:30' })).toContain('短');
    expect(goodsFault({ ...service, closes: '24:30' })).toContain('24:00');
  });

  it('C12-CON-02 the product page says before anything else that virtual goods are not taken back', () => {
    expect(goodsNotes({ kind: 'virtual', delivery: 'code', days: 30, content: '' }).notes).toEqual([
      '付款后自动发放卡密，无需收货地址',
      '有效期 30 天',
      '虚拟商品，购买后不支持退换',
    ]);
    expect(goodsNotes(service).notes.at(-1)).toBe('预约开始前 24 小时可申请退款，之后不支持退款');
  });
});
