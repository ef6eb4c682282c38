/** The address form: what is typed, pasted or chosen, and what is still missing. */
import type { Address, AddressInput } from '@xiaopu/contracts';

export type Form = Pick<AddressInput, 'name' | 'phone' | 'province' | 'city' | 'district' | 'detail' | 'isDefault'>;
export type Parts = Omit<Form, 'isDefault'>;

export const emptyForm = (): Form => ({
  name: '',
  phone: '',
  province: '',
  city: '',
  district: '',
  detail: '',
  isDefault: false,
});
export const formOf = ({ name, phone, province, city, district, detail, isDefault }: Address): Form => ({
  name,
  phone,
  province,
  city,
  district,
  detail,
  isDefault,
});

/** Spaces, dashes and a country code are how people write numbers, not mistakes. */
export const tidyPhone = (phone: string): string => phone.replace(/[\s-]/g, '').replace(/^(\+?86)(?=1\d{10}$)/, '');
const phonePattern = /^(1[3-9][0-9]{9}|0[0-9]{9,11})$/;

/** Field → what is wrong with it, in the order of the form. */
export function faultsOf(form: Form): Partial<Record<'name' | 'phone' | 'region' | 'detail', string>> {
  const faults: Partial<Record<'name' | 'phone' | 'region' | 'detail', string>> = {};
  if (form.name.trim() === '') faults.name = '请填写收货人';
  if (form.phone.trim() === '') faults.phone = '请填写手机号';
  else if (!phonePattern.test(tidyPhone(form.phone))) faults.phone = '手机号不对，请检查一下';
  if (form.province === '' || form.city === '') faults.region = '请选择所在地区';
  if (form.detail.trim() === '') faults.detail = '请填写详细地址';
  return faults;
}

/** What was read replaces what was there; what could not be read stays. */
export function withParts(form: Form, parts: Parts): Form {
  const filled = { ...form };
  for (const key of ['name', 'phone', 'detail'] as const) if (parts[key] !== '') filled[key] = parts[key];
  if (parts.province !== '')
    Object.assign(filled, { province: parts.province, city: parts.city, district: parts.district });
  return filled;
}

export const inputOf = (form: Form): AddressInput => ({
  ...form,
  name: form.name.trim(),
  phone: tidyPhone(form.phone),
  detail: form.detail.trim(),
});
