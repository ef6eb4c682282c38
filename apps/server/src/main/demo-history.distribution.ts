/** The demo's distributors: who brings whom in one shop, what waits for the shop's word, and a commission paid out at the end. */
import { randomUUID } from 'node:crypto';
import type { BuyerApi } from '@xiaopu/api-client';
import type { DistributionChannel } from '@xiaopu/contracts';
import type { HistoryCalls } from './demo-history.calls.ts';

export interface DemoPerson {
  persona: string;
  api: BuyerApi;
  who: { name: string };
}

/** Of a region that does not exist: nobody's. */
const idNumbers = ['999999199001011019', '999999199001011027', '999999199001011035'];
const channels: readonly DistributionChannel[] = ['chat', 'group', 'moments', 'poster'];

/** Two distributors, one of them brought by the other; most of the crowd comes through their links; one more waits for approval. */
export async function openDistribution(
  calls: HistoryCalls,
  people: readonly DemoPerson[],
  shopId: string,
): Promise<void> {
  const shop = (await calls.staff())(shopId);
  const [first, second, waiting, ...crowd] = people;
  if (!first || !second || !waiting) return;
  const apply = ({ api, who }: DemoPerson, at: number) =>
    api.distribution.apply(shopId, { realName: who.name, idNumber: idNumbers[at] ?? '', consent: true });
  const approveAll = async () => {
    const { items } = await shop.distribution.distributors({ state: 'applied', page: 1, pageSize: 10 });
    for (const { distributorId } of items) await shop.distribution.decide(distributorId, { decision: 'approve' });
  };
  await apply(first, 0);
  await approveAll();
  const link = async ({ api }: DemoPerson, channel: DistributionChannel) =>
    (await api.distribution.makeLink(shopId, { spuId: null, channel })).code;
  await second.api.distribution.visit({ code: await link(first, 'chat') });
  await apply(second, 1);
  await approveAll();
  await apply(waiting, 2);
  for (const [at, { api }] of crowd.entries()) {
    const code = await link(at % 3 === 2 ? second : first, channels[at % channels.length] ?? 'chat');
    await api.distribution.visit({ code });
    if (at < 2) await api.distribution.allowLook(shopId, { allow: true });
  }
}

/** What the first distributor has earned so far is paid out and confirmed. */
export async function payDistributor(
  calls: HistoryCalls,
  people: readonly DemoPerson[],
  shopId: string,
  settle: () => Promise<void>,
): Promise<void> {
  const [first] = people;
  if (!first) return;
  const { api, persona } = first;
  const { available, minimum } = await api.distribution.withdrawals(shopId);
  if (available < minimum) return;
  const withdrawalId = randomUUID();
  await api.distribution.withdraw(shopId, { withdrawalId, expectedAmount: available });
  await settle();
  const { confirmation } = await api.payouts.get(withdrawalId);
  if (confirmation) await calls.confirmTransfer(persona, confirmation);
}
