/** Who trades in the demo's past: a crowd nobody can log in as, and the two people the sandbox offers first. */
import type { BuyerApi } from '@xiaopu/api-client';
import { customers, type DemoCustomer, type Random, regulars } from '@xiaopu/demo-data';
import type { HistoryCalls } from './demo-history.calls.ts';

export interface Customer {
  who: DemoCustomer;
  persona: string;
  api: BuyerApi;
  addressId: string;
}

export interface People {
  crowd: Customer[];
  /** Come oftener than anybody of the crowd: whoever logs in as them finds orders in every state. */
  regulars: Customer[];
}

const regularsShare = 0.12;

export async function arrive(calls: HistoryCalls): Promise<People> {
  const personas = await calls.crowd(customers.length);
  const crowd: Customer[] = [];
  for (const [index, who] of customers.entries())
    crowd.push(await settleIn(calls, who, personas[index] ?? '', 1 + (index % 3)));
  const known: Customer[] = [];
  for (const { persona, ...who } of regulars) known.push(await settleIn(calls, who, persona, 4));
  return { crowd, regulars: known };
}

/** Logs in, says a name, an address, and claims coupons. */
async function settleIn(
  calls: HistoryCalls,
  who: DemoCustomer,
  persona: string,
  couponCount: number,
): Promise<Customer> {
  const api = await calls.shopper(persona);
  await api.session.updateProfile({ nickname: who.nickname });
  const { name, phone, province, city, district, detail } = who;
  const address = { name, phone, province, city, district, detail, isDefault: true };
  const { addressId } = await api.addresses.create(address);
  const { items } = await api.coupons.centre();
  for (const { templateId } of items.slice(0, couponCount)) await api.coupons.claim({ templateId }).catch(() => {});
  return { who, persona, api, addressId };
}

export const anybody = ({ crowd, regulars: known }: People, random: Random): Customer =>
  random.pick(random.chance(regularsShare) ? known : crowd);
