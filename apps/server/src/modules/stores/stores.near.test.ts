import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IdentityWorld, idOf, openIdentityWorld } from '../../../test/identity-fixture.ts';
import { boxAround, metresBetween } from './stores.domain.ts';

const home = { lat: 30.27, lng: 120.15 };
/** East of home by so many kilometres. */
const east = (km: number) => ({
  lat: home.lat,
  lng: home.lng + (km * 1_000) / (111_195 * Math.cos((home.lat * Math.PI) / 180)),
});

describe('stores near a shopper', () => {
  let world: IdentityWorld;
  beforeAll(async () => {
    world = await openIdentityWorld();
    const shopId = await world.addShop(1, '一舍家居');
    const rows = [
      ['九公里店', '浙江省杭州市萧山区1号', east(9)],
      ['一公里店', '浙江省杭州市西湖区1号', east(1)],
      ['四公里店', '杭州市上城区1号', east(4)],
      ['不到三公里店', '浙江省杭州市上城区2号', east(2.9)],
      ['三公里多店', '浙江省杭州市上城区3号', east(3.1)],
      ['上海店', '上海市黄浦区1号', { lat: 31.23, lng: 121.47 }],
      ['昆明店', '云南省大理白族自治州大理市1号', { lat: 25.6, lng: 100.26 }],
    ] as const;
    await world.database.inTransaction(async (tx) => {
      for (const [index, [name, address, at]] of rows.entries())
        await world.stores.savePhysicalStore(tx, {
          ...{ shopId, storeId: idOf(100 + index), name, address, ...at },
          ...{ phone: '0571-1', hours: '09:00–21:00' },
        });
    });
  });
  afterAll(() => world.close());
  const ask = async (body: object) => {
    const { status, body: found } = await world.send('POST', '/api/stores/nearby', { body });
    expect(status).toBe(200);
    return found as {
      items: { store: { name: string }; distance: number | null; isNear: boolean; shopName: string }[];
      cities: { city: string; stores: number }[];
      nearMetres: number;
    };
  };

  it('C01-TRD-05 come nearest first with how far they are, those of other towns left out', async () => {
    const { items } = await ask({ at: home });
    expect(items.map(({ store }) => store.name)).toEqual([
      '一公里店',
      '不到三公里店',
      '三公里多店',
      '四公里店',
      '九公里店',
    ]);
    expect(items[0]).toMatchObject({ distance: 1_000, shopName: '一舍家居' });
  });

  it('C03-SCN-04 of stores at 2.9 and 3.1 km only the first is near', async () => {
    const { items, nearMetres } = await ask({ at: home });
    expect(nearMetres).toBe(3_000);
    expect(items.filter(({ isNear }) => isNear).map(({ store }) => store.name)).toEqual(['一公里店', '不到三公里店']);
  });

  it('C01-TRD-05 without a position there is a city picker, and the stores of the city that is picked', async () => {
    const { items, cities } = await ask({});
    expect(items).toEqual([]);
    expect(cities).toEqual([
      { city: '杭州市', stores: 5 },
      { city: '上海市', stores: 1 },
      { city: '大理白族自治州', stores: 1 },
    ]);
    const { items: ofCity } = await ask({ city: '上海市' });
    expect(ofCity).toMatchObject([{ store: { name: '上海店' }, distance: null, isNear: false }]);
  });

  it('X-14 C01-TRD-05 with a position and a picked city both: the city’s stores with how far they are', async () => {
    const { items } = await ask({ at: home, city: '上海市' });
    expect(items).toHaveLength(1);
    expect(items[0]?.distance).toBeGreaterThan(150_000);
    expect((await world.send('POST', '/api/stores/nearby', { body: { at: { lat: 91, lng: 0 } } })).status).toBe(400);
  });

  it('looks in a box that holds every place within the distance', () => {
    for (const lat of [-70, -10, 0, 30, 60, 80])
      for (let angle = 0; angle < 360; angle += 15) {
        const box = boxAround({ lat, lng: 10 }, 50_000);
        const turn = (angle * Math.PI) / 180;
        const reach = 49_900 / 111_195;
        const at = {
          lat: lat + reach * Math.cos(turn),
          lng: 10 + (reach * Math.sin(turn)) / Math.cos((lat * Math.PI) / 180),
        };
        if (metresBetween({ lat, lng: 10 }, at) > 50_000) continue;
        expect(at.lat >= box.lat[0] && at.lat <= box.lat[1] && at.lng >= box.lng[0] && at.lng <= box.lng[1]).toBe(true);
      }
  });
});
