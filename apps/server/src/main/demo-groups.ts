/** The demo's open groups: people who have paid and wait for company, so that a first look finds something to join. */
import { randomUUID } from 'node:crypto';
import type { BuyerApi } from '@xiaopu/api-client';
import { customers } from '@xiaopu/demo-data';
import type { Logger } from '#platform/logger.ts';
import { historyCalls, type InProcessApp } from './demo-history.calls.ts';

interface Person {
  persona: string;
  api: BuyerApi;
  addressId: string;
}

const wanted = 4;
const tries = 200;
const pauseMs = 10;

/** @throws nothing: without open groups it is still a shop; what went wrong is logged */
export async function openDemoGroups({
  app,
  deliver,
  log,
}: {
  app: InProcessApp;
  deliver(): Promise<unknown>;
  log: Logger;
}): Promise<void> {
  try {
    await open(app, deliver);
  } catch (error) {
    log.warn({ err: error }, 'the demo’s groups were not opened');
  }
}

async function open(app: InProcessApp, deliver: () => Promise<unknown>): Promise<void> {
  const calls = historyCalls(app);
  // What was set up a moment ago is known once its event has come.
  await deliver();
  const people: Person[] = [];
  for (const [index, persona] of (await calls.crowd(wanted)).entries()) {
    const api = await calls.shopper(persona);
    const who = customers[index];
    if (!who) continue;
    await api.session.updateProfile({ nickname: who.nickname });
    const { name, phone, province, city, district, detail } = who;
    const address = await api.addresses.create({ name, phone, province, city, district, detail, isDefault: true });
    people.push({ persona, api, addressId: address.addressId });
  }
  const [first, second, third, fourth] = people;
  if (!first || !second || !third || !fourth) return;
  const offers = (await first.api.groupBuys.offers()).items.filter(({ state }) => state === 'running');
  const [stepped, plain] = [...offers].sort((a, b) => b.steps.length - a.steps.length);

  /** Pays for a place and waits until it counts: WeChat's notice comes over the network, a moment later. */
  async function take({ api, persona, addressId }: Person, entryId: string, skuId: string): Promise<string> {
    const source = { kind: 'lines' as const, lines: [{ skuId, quantity: 1 }] };
    const entry = { kind: 'group' as const, id: entryId };
    const asked = (await api.checkout.preview({ source, addressId, entry })).consents;
    const consents = asked.map(({ key, version }) => ({ key, version }));
    const { paymentId, orderNos } = await api.orders.place({ source, addressId, entry, consents }, randomUUID());
    const { params } = await api.payments.start(paymentId, { client: 'mp-weixin' });
    await calls.pay(persona, { ...params, fundedBy: 'card' });
    for (let attempt = 0; attempt < tries; attempt += 1) {
      await deliver();
      const group = await api.groupBuys.ofOrder(orderNos[0] ?? '');
      if (group.mine?.status === 'paid') return group.groupId;
      await new Promise((done) => setTimeout(done, pauseMs));
    }
    throw new Error(`order ${orderNos[0]} was not paid`);
  }

  const steppedSku = stepped?.skus[0];
  if (stepped && steppedSku) {
    const groupId = await take(first, stepped.activityId, steppedSku.skuId);
    await take(second, groupId, steppedSku.skuId);
    await take(third, groupId, steppedSku.skuId);
    await take(fourth, stepped.activityId, steppedSku.skuId);
  }
  const plainSku = plain?.skus[0];
  if (plain && plainSku) await take(fourth, plain.activityId, plainSku.skuId);
}
