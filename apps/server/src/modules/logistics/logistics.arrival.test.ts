import { describe, expect, it } from 'vitest';
import { estimateArrival } from './logistics.arrival.ts';
import { distanceBetween, findProvince } from './logistics.regions.ts';

const rules = { cutOffHour: 16, extraDays: 0 };
const estimate = (shipsFrom: string, province: string, beijing: string, over: Partial<typeof rules> = {}) =>
  estimateArrival({ ...rules, ...over }, { shipsFrom, province, now: new Date(`${beijing}+08:00`) });

describe('C05-PATH-10 estimateArrival', () => {
  it.each([
    ['浙江杭州', '浙江省', '2026-11-22T15:59:59', '2026-11-23', '2026-11-23', '预计明天（11月23日）送达'],
    ['浙江杭州', '浙江省', '2026-11-22T16:00:00', '2026-11-24', '2026-11-24', '预计后天（11月24日）送达'],
    ['浙江杭州', '上海市', '2026-11-22T10:00:00', '2026-11-24', '2026-11-24', '预计后天（11月24日）送达'],
    ['浙江杭州', '上海市', '2026-11-22T23:30:00', '2026-11-25', '2026-11-25', '预计11月25日送达'],
    ['浙江杭州', '四川省', '2026-11-22T10:00:00', '2026-11-25', '2026-11-26', '预计11月25日至11月26日送达'],
    ['浙江杭州', '新疆维吾尔自治区', '2026-12-29T10:00:00', '2027-01-03', '2027-01-05', '预计1月3日至1月5日送达'],
    ['广东深圳', '香港特别行政区', '2026-11-22T10:00:00', '2026-11-27', '2026-11-29', '预计11月27日至11月29日送达'],
    ['火星', '金星', '2026-11-22T10:00:00', '2026-11-25', '2026-11-26', '预计11月25日至11月26日送达'],
  ])('from %s to %s at %s', (from, to, at, earliest, latest, text) => {
    expect(estimate(from, to, at)).toEqual({ earliest, latest, text });
  });
  it('counts the day in Shanghai, whatever the server’s zone', () => {
    const now = new Date('2026-11-22T16:30:00Z'); // already the 23rd there, 00:30
    expect(estimateArrival(rules, { shipsFrom: '浙江杭州', province: '浙江省', now }).earliest).toBe('2026-11-24');
  });
  it('the merchant’s cut-off hour and busy days move it', () => {
    expect(estimate('浙江杭州', '浙江省', '2026-11-22T17:00:00', { cutOffHour: 18 }).earliest).toBe('2026-11-23');
    expect(estimate('浙江杭州', '浙江省', '2026-11-22T10:00:00', { extraDays: 2 }).earliest).toBe('2026-11-25');
    expect(estimate('浙江杭州', '浙江省', '2026-11-22T00:00:00', { cutOffHour: 0 }).earliest).toBe('2026-11-24');
  });
});

describe('places', () => {
  it.each([
    ['浙江省', '浙江'],
    ['浙江杭州', '浙江'],
    ['内蒙古自治区', '内蒙古'],
    ['黑龙江省', '黑龙江'],
    [' 广西壮族自治区', '广西'],
    ['', undefined],
    ['杭州', undefined],
  ])('%s is %s', (place, province) => {
    expect(findProvince(place)).toBe(province);
  });
  it('is the same distance both ways between usual provinces', () => {
    const names = ['上海', '广东', '河南', '北京', '四川', '辽宁', '陕西'];
    for (const from of names)
      for (const to of names) expect(distanceBetween(from, to), `${from} ${to}`).toBe(distanceBetween(to, from));
  });
});
