import { expect, it } from 'vitest';
import { emptyForm, faultsOf, inputOf, withParts } from './address-form.ts';

const read = {
  name: '张三',
  phone: '13800001234',
  province: '浙江省',
  city: '杭州市',
  district: '西湖区',
  detail: '文三路1号',
};

it('C05-PATH-07 needs no typed field after smart fill', () => {
  const form = withParts(emptyForm(), read);
  expect(faultsOf(form)).toEqual({});
  expect(inputOf(form)).toEqual({ ...read, isDefault: false });
});

it('C05-PATH-06 keeps what was typed where nothing could be read', () => {
  const typed = { ...emptyForm(), name: '李四', province: '上海市', city: '上海市', district: '浦东新区' };
  expect(withParts(typed, { ...read, name: '', province: '', city: '', district: '' })).toMatchObject({
    name: '李四',
    phone: '13800001234',
    province: '上海市',
    district: '浦东新区',
    detail: '文三路1号',
  });
});

it('takes numbers as people write them', () => {
  expect(faultsOf(withParts(emptyForm(), { ...read, phone: '+86 138-0000-1234' }))).toEqual({});
  expect(inputOf(withParts(emptyForm(), { ...read, phone: '+86 138-0000-1234' })).phone).toBe('13800001234');
});

it('names each missing field in its own words', () => {
  expect(faultsOf(emptyForm())).toEqual({
    name: '请填写收货人',
    phone: '请填写手机号',
    region: '请选择所在地区',
    detail: '请填写详细地址',
  });
  expect(faultsOf({ ...withParts(emptyForm(), read), phone: '1234' })).toEqual({ phone: '手机号不对，请检查一下' });
});
