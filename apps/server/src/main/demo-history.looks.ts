/**
 * What people do in the demo's past besides buying: they come by links and doors of WeChat, look around in what they like, put things in
 * the cart and leave. Told by the same calls as a phone's, a day at a time. Its own chance, so that the trade stays as it is.
 */
import { type BuyerApi, createBuyerApi } from '@xiaopu/api-client';
import type { ProductCard, ShopperAct } from '@xiaopu/contracts';
import { type Random, randomOf } from '@xiaopu/demo-data';
import { hourMs, minuteMs, secondMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import type { HistoryCalls } from './demo-history.calls.ts';
import type { Customer, People } from './demo-history.people.ts';

/** Doors of WeChat by their 场景值, as often as people come by them: the list, an article, a chat, a community, search, a code. */
const scenes = [1089, 1089, 1089, 1089, 1058, 1058, 1007, 1044, 1053, 1047];
const links = [
  { channel: 'oa_article', name: '推文《入冬囤货清单》', cost: 60_000 },
  { channel: 'community', name: '妈妈群接龙', cost: 12_000 },
  { channel: 'offline', name: '门店海报', cost: 8_000 },
] as const;
const byLink = 0.25;
const customersADay = 0.4;
const strangersADay = 4;
const cartShare = 0.22;
const mostAtOnce = 50;

export interface Looks {
  /** What led to an order that is about to be placed. */
  beforeOrder(customer: Customer, spuId: string, at: number): Promise<void>;
  /** Plans who looks around on a day. */
  plan(opens: number, until: number): void;
  /** Tells what was planned and is over by now. */
  tell(): Promise<void>;
}

type Kind = ShopperAct['kind'];
const act = (kind: Kind, at: number, facts: object = {}): ShopperAct =>
  ({ eventId: newId(), at: new Date(at).toISOString(), kind, ...facts }) as ShopperAct;

export async function openLooks(calls: HistoryCalls, people: People, shopId: string): Promise<Looks> {
  const random = randomOf('demo looks');
  const api = createBuyerApi(calls.as());
  const shelves = await shelvesByCategory(api);
  const codes = await makeLinks(calls, shopId, random);
  const everybody = [...people.crowd, ...people.regulars];
  /** What somebody likes stays what they like. */
  const likingOf = new Map(
    everybody.map(({ persona }, at) => [
      persona,
      [shelves[at % shelves.length], shelves[(at * 3 + 1) % shelves.length]],
    ]),
  );
  let waiting: { api: BuyerApi | undefined; acts: ShopperAct[] }[] = [];

  const arrival = () => (random.chance(byLink) ? { code: random.pick(codes) } : { scene: random.pick(scenes) });

  /** A walk among goods: a look each, some put in the cart; further down fewer go on. */
  function walk(liking: readonly (ProductCard[] | undefined)[], at: number): ShopperAct[] {
    const acts = [act('visit', at)];
    if (random.chance(0.12)) return acts;
    let time = at + 20 * secondMs;
    for (let looks = random.integer(1, 5); looks > 0; looks -= 1) {
      const shelf = random.chance(0.8) ? random.pick(liking) : random.pick(shelves);
      // A few goods are looked at most.
      const card = shelf?.[Math.floor(random.next() ** 1.6 * shelf.length)];
      if (!card) continue;
      const { spuId } = card;
      const ms = Math.round(random.between(4, 90) * secondMs);
      acts.push(act('view', time, { spuId }), act('dwell', time + ms, { spuId, ms }));
      if (random.chance(cartShare)) acts.push(act('cart', time + ms, { spuId, quantity: 1 }));
      else if (random.chance(0.08)) acts.push(act('favourite', time + ms, { spuId }));
      time += ms + 10 * secondMs;
    }
    return acts;
  }

  return {
    async beforeOrder({ api: own }, spuId, at) {
      const ms = Math.round(random.between(30, 240) * secondMs);
      const start = at - ms - 3 * minuteMs;
      await own.noteVisit(arrival());
      await own.sendActs({
        acts: [
          ...[
            act('visit', start),
            act('view', start + minuteMs, { spuId }),
            act('dwell', at - minuteMs, { spuId, ms }),
          ],
          random.chance(0.7)
            ? act('cart', at - 30 * secondMs, { spuId, quantity: 1 })
            : act('buy_now', at - 30 * secondMs, { spuId }),
        ],
      });
    },

    plan(opens, until) {
      const hour = () => random.between(9, 23) * hourMs;
      for (const { api: own, persona } of everybody) {
        if (!random.chance(customersADay)) continue;
        const at = opens + hour();
        if (at < until - 15 * minuteMs) waiting.push({ api: own, acts: walk(likingOf.get(persona) ?? shelves, at) });
      }
      for (let strangers = random.integer(strangersADay - 2, strangersADay + 2); strangers > 0; strangers -= 1) {
        const at = opens + hour();
        if (at < until - 15 * minuteMs) waiting.push({ api: undefined, acts: walk([random.pick(shelves)], at) });
      }
    },

    async tell() {
      const now = waiting;
      waiting = [];
      for (const { api: known, acts } of now) {
        const own = known ?? (await stranger(calls));
        await own.noteVisit(arrival());
        for (let from = 0; from < acts.length; from += mostAtOnce)
          await own.sendActs({ acts: acts.slice(from, from + mostAtOnce) });
      }
    },
  };
}

async function stranger(calls: HistoryCalls): Promise<BuyerApi> {
  const { token } = await createBuyerApi(calls.as()).session.guest();
  return createBuyerApi(calls.as({ authorization: `Bearer ${token}` }));
}

async function shelvesByCategory(api: BuyerApi): Promise<ProductCard[][]> {
  const { categories } = await api.catalog.categories();
  const shelves: ProductCard[][] = [];
  for (const { categoryId } of categories)
    shelves.push((await api.catalog.products({ categoryId, limit: 20, inStock: true, sort: 'sales' })).items);
  return shelves.filter((cards) => cards.length > 0);
}

async function makeLinks(calls: HistoryCalls, shopId: string, random: Random): Promise<string[]> {
  const shop = (await calls.staff())(shopId);
  const alphabet = [...'23456789abcdefghjkmnpqrstuvwxyz'];
  const codes: string[] = [];
  for (const link of links) {
    const code = Array.from({ length: 8 }, () => random.pick(alphabet)).join('');
    await shop.campaignLinks.create({ code, ...link, page: 'pages/home/index' });
    codes.push(code);
  }
  return codes;
}
