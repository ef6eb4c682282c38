import { describe, expect, it } from 'vitest';
import { recogniseAddress } from './index.ts';

const read = (text: string) => {
  const { code: _code, ...rest } = recogniseAddress(text);
  return rest;
};

describe('address recogniser', () => {
  it('C05-PATH-06 reads the pasted line of the requirement', () => {
    expect(recogniseAddress('张三 13800001234 浙江省杭州市西湖区文三路1号')).toEqual({
      name: '张三',
      phone: '13800001234',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      detail: '文三路1号',
      code: '330106',
    });
  });

  const sameAddress = {
    name: '张三',
    phone: '13800001234',
    province: '浙江省',
    city: '杭州市',
    district: '西湖区',
    detail: '文三路1号',
  };
  it.each([
    '浙江省杭州市西湖区文三路1号，张三，13800001234',
    '13800001234张三浙江省杭州市西湖区文三路1号',
    '浙江省 杭州市 西湖区 文三路1号 张三 138-0000-1234',
    '收货人：张三\n手机号码：13800001234\n所在地区：浙江省杭州市西湖区\n详细地址：文三路1号',
    '浙江杭州西湖文三路1号 张三收 +86 13800001234',
    '杭州市西湖区文三路1号张三13800001234',
    '张三　１３８００００１２３４　浙江省杭州市西湖区文三路1号',
    '浙江省杭州市西湖区浙江省杭州市西湖区文三路1号 张三 13800001234 310012',
  ])('reads the same from %s', (text) => {
    expect(read(text)).toEqual(sameAddress);
  });

  it.each([
    ['上海徐汇区天钥桥路408号北楼703', '上海市', '上海市', '徐汇区', '天钥桥路408号北楼703'],
    ['北京市市辖区朝阳区三元桥天元港中心B座2503', '北京市', '北京市', '朝阳区', '三元桥天元港中心B座2503'],
    ['重庆市县城口县葛城街道', '重庆市', '重庆市', '城口县', '葛城街道'],
    ['昆山市城北花园路1114号', '江苏省', '苏州市', '昆山市', '城北花园路1114号'],
    ['广西桂林恭城县拱辰东路8号', '广西壮族自治区', '桂林市', '恭城瑶族自治县', '拱辰东路8号'],
    ['东莞市虎门镇大宁社区浦江路2号', '广东省', '东莞市', '虎门镇', '大宁社区浦江路2号'],
    ['杭州江干区钱江新城尊宝大厦2503', '浙江省', '杭州市', '江干区', '钱江新城尊宝大厦2503'],
    ['湖北神农架太阳村10组', '湖北省', '省直辖县级行政区划', '神农架林区', '太阳村10组'],
  ])('finds the region of %s', (text, province, city, district, detail) => {
    expect(read(text)).toEqual({ name: '', phone: '', province, city, district, detail });
  });

  it('takes a road for a road, not for the city it is named after', () => {
    expect(read('杭州市北京路12号')).toMatchObject({
      province: '浙江省',
      city: '杭州市',
      district: '',
      detail: '北京路12号',
    });
    expect(read('新疆伊宁市上海城徐汇苑23号楼')).toMatchObject({ province: '新疆维吾尔自治区', district: '伊宁市' });
  });

  it('lets the text decide which of several districts of one name is meant', () => {
    expect(read('鼓楼区福州五四路137号')).toMatchObject({ city: '福州市', district: '鼓楼区' });
    expect(read('南京市鼓楼区中央路1号')).toMatchObject({ city: '南京市', district: '鼓楼区' });
    expect(read('徐州鼓楼区中山北路')).toMatchObject({ city: '徐州市', district: '鼓楼区' });
  });

  it('finds a mobile number stuck to a house number, and a landline', () => {
    expect(read('北京市密云区花园小区1楼三单元30113800001234')).toMatchObject({ phone: '13800001234' });
    expect(read('李四 0571-88880000 杭州市西湖区文三路1号')).toMatchObject({ phone: '057188880000', name: '李四' });
  });

  it('leaves empty what is not there, and survives anything', () => {
    expect(read('你好')).toMatchObject({ phone: '', province: '', city: '', district: '' });
    expect(read('13800001234')).toEqual({
      name: '',
      phone: '13800001234',
      province: '',
      city: '',
      district: '',
      detail: '',
    });
    for (const text of ['', ' ', '省', '，，，', '()[]{}*+?^$|\\', '\u0001', '🏠'.repeat(200), '县县县县县县']) {
      expect(() => recogniseAddress(text)).not.toThrow();
    }
  });

  it('stays quick on a text made to be slow', () => {
    const startedAt = performance.now();
    recogniseAddress('重庆市县'.repeat(100));
    recogniseAddress('新疆维吾尔自治区'.repeat(50));
    recogniseAddress('张'.repeat(400));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
