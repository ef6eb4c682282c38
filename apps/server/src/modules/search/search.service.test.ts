import type { HotWords, ProductPage, Suggestions } from '@xiaopu/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CatalogFixture, createCatalogFixture } from '../../../test/catalog-fixture.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { newId } from '../../platform/ids.ts';

describe('search', () => {
  let database: TestDatabase;
  let fixture: CatalogFixture;
  beforeAll(async () => {
    database = await createTestDatabase();
    fixture = await createCatalogFixture(database);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await fixture.search.flushNotes();
    await fixture.clear();
  });

  const titles = [
    '秋冬保暖加厚澳洲羊毛被',
    '羊毛手工地毯',
    '轻奢纯棉刺绣水洗四件套',
    '磨毛四件套 纯棉',
    'iPhone15 透明手机壳',
    'Type-C 数据线 2米',
    '西红柿 新鲜 5斤',
    '白鹅绒秋冬加厚羽绒被',
  ];
  const given = async () => {
    await fixture.givenProducts(...titles.map((title) => ({ title, keywords: ['家居'] })));
    await fixture.search.refresh();
  };
  const find = async (q: string, more = {}): Promise<string[]> =>
    ((await fixture.catalog.findPage({ q, limit: 20, ...more })) as ProductPage).items.map(({ title }) => title);

  it.each([
    ['羊毛被', '秋冬保暖加厚澳洲羊毛被'],
    ['四件套纯棉', '磨毛四件套 纯棉'],
    ['iphone', 'iPhone15 透明手机壳'],
    ['IPHONE 15 手机壳', 'iPhone15 透明手机壳'],
    ['type c 线', 'Type-C 数据线 2米'],
    ['ｔｙｐｅ－Ｃ', 'Type-C 数据线 2米'],
    ['番茄', '西红柿 新鲜 5斤'],
    ['被', '秋冬保暖加厚澳洲羊毛被'],
    ['iph', 'iPhone15 透明手机壳'],
    ['毯', '羊毛手工地毯'],
  ])('finds by %s', async (q, title) => {
    await given();
    expect(await find(q)).toContain(title);
  });

  it('ranks the whole match first and drops what shares a mere character', async () => {
    await given();
    const found = await find('羊毛被');
    expect(found[0]).toBe('秋冬保暖加厚澳洲羊毛被');
    expect(found).not.toContain('iPhone15 透明手机壳');
    expect(await find('🙂！！')).toEqual([]);
    expect(await find('火星')).toEqual([]);
  });

  it('lifts what sells among equals', async () => {
    await fixture.givenProducts(
      { title: '羊毛被 甲' },
      { title: '羊毛被 乙', soldCount: 5_000 },
      { title: '羊毛被 丙', soldCount: 10 },
    );
    await fixture.search.refresh();
    expect(await find('羊毛被')).toEqual(['羊毛被 乙', '羊毛被 丙', '羊毛被 甲']);
  });

  it('pages results by rank without a gap or a repeat, and combines with filters and other orders', async () => {
    await fixture.givenProducts(
      ...Array.from({ length: 23 }, (_, index) => ({
        title: `羊毛被 ${index}`,
        soldCount: index % 4,
        price: 1_000 + index,
        attributes: { memory: index % 2 ? '8GB' : '16GB' },
      })),
    );
    await fixture.search.refresh();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await fixture.catalog.findPage({ q: '羊毛', limit: 5, cursor });
      seen.push(...page.items.map(({ spuId }) => spuId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toHaveLength(23);
    expect(new Set(seen).size).toBe(23);
    expect(await find('羊毛', { attr: ['memory:8GB'] })).toHaveLength(11);
    expect((await find('羊毛', { sort: 'price_desc' }))[0]).toBe('羊毛被 22');
    expect(JSON.parse(await fixture.catalog.facets('f', { q: '羊毛', priceMax: 1_009 }))).toMatchObject({
      total: 10,
      facets: [
        {
          key: 'memory',
          values: [
            { value: '16GB', count: 5 },
            { value: '8GB', count: 5 },
          ],
        },
      ],
    });
  });

  it('suggests popular searches, categories and titles that go on from what was typed, and escapes wildcards', async () => {
    await given();
    for (let times = 0; times < 20; times += 1)
      fixture.search.note({ buyerId: undefined, words: '羊毛袜', found: true });
    await fixture.search.flushNotes();
    const suggest = async (q: string) =>
      (JSON.parse(await fixture.search.suggestionsReply(q)) as Suggestions).suggestions;
    expect(await suggest('羊毛')).toEqual(['羊毛袜', '羊毛手工地毯', '秋冬保暖加厚澳洲羊毛被']);
    expect(await suggest('手')).toContain('手机');
    expect(await suggest('%')).toEqual([]);
    expect((await database.statementsOf(() => fixture.search.suggestionsReply('羊毛'))).length).toBe(0);
  });

  it('hot words are those a sum over all words would give, however the days went', async () => {
    await fixture.clear();
    const today = Date.parse('2026-11-22');
    fixture.clock.set('2026-11-22T04:00:00Z');
    let state = 7;
    const random = () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    };
    const sums = new Map<string, number>();
    const rows = Array.from({ length: 12 }, (_, back) =>
      Array.from({ length: 200 }, (_, place) => {
        const word = `词${place}`;
        const count = 1 + Math.floor((3_000 * (0.5 + random())) / (place + 1));
        if (back <= 7) sums.set(word, (sums.get(word) ?? 0) + count);
        return { day: new Date(today - back * 86_400_000).toISOString().slice(0, 10), word, count };
      }),
    ).flat();
    await database.db.insertInto('search.wordCount').values(rows).execute();
    const most = [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 12);
    expect(await fixture.search.hotWords(database.db)).toEqual(most.map(([word]) => word));
  });

  it('shows declared hot words, then what was found often enough lately', async () => {
    const note = (words: string, times: number, found = true) => {
      for (let time = 0; time < times; time += 1) fixture.search.note({ buyerId: undefined, words, found });
    };
    await database.inTransaction((tx) => fixture.search.declareHotWords(tx, ['保温杯', '四件套']));
    note('羊毛被', 30);
    note('手机壳', 25);
    note('rare', 19);
    note('脏话', 100, false);
    await fixture.search.flushNotes();
    expect(JSON.parse(await fixture.search.hotWordsReply()) as HotWords).toEqual({
      hotWords: ['保温杯', '四件套', '羊毛被', '手机壳'],
    });
    fixture.cache.clear();
    fixture.clock.advance(9 * 86_400_000);
    expect(await fixture.search.hotWords(database.db)).toEqual(['保温杯', '四件套']);
  });

  it('keeps a buyer’s newest searches once each, seen before they are written, and nobody else’s', async () => {
    const [buyer, other] = [newId(), newId()];
    for (const words of ['羊毛被', '四件套', ' 羊毛被 ']) {
      fixture.search.note({ buyerId: buyer, words, found: true });
      fixture.clock.advance(1_000);
    }
    expect(await fixture.search.history(database.db, buyer)).toEqual(['羊毛被', '四件套']);
    expect(await fixture.search.flushNotes()).toBe(3);
    expect(await fixture.search.history(database.db, buyer)).toEqual(['羊毛被', '四件套']);
    expect(await fixture.search.history(database.db, other)).toEqual([]);
    for (let number = 0; number < 20; number += 1) {
      fixture.clock.advance(1_000);
      fixture.search.note({ buyerId: buyer, words: `词 ${number}`, found: false });
    }
    await fixture.search.flushNotes();
    const rows = await database.db.selectFrom('search.history').select('word').where('buyerId', '=', buyer).execute();
    expect(rows).toHaveLength(15);
    await database.inTransaction((tx) => fixture.search.clearHistory(tx, other));
    expect(await fixture.search.history(database.db, buyer)).toHaveLength(15);
    fixture.search.note({ buyerId: buyer, words: '刚搜的', found: true });
    await database.inTransaction((tx) => fixture.search.clearHistory(tx, buyer));
    await fixture.search.flushNotes();
    expect(await fixture.search.history(database.db, buyer)).toEqual([]);
  });

  it('C02-BEH-03 joins a guest’s searches to the buyer at login, once', async () => {
    const [guestId, buyerId] = [newId(), newId()];
    fixture.search.note({ buyerId, words: '旧词', found: true });
    fixture.clock.advance(1_000);
    fixture.search.note({ buyerId: guestId, words: '旧词', found: true });
    fixture.search.note({ buyerId: guestId, words: '新词', found: true });
    await fixture.search.flushNotes();
    for (let time = 0; time < 2; time += 1) {
      await database.inTransaction((tx) =>
        fixture.messaging.outbox.publish(tx, 'identity.guest_merged', { guestId, buyerId }),
      );
      await fixture.messaging.relay.drain();
    }
    expect([...(await fixture.search.history(database.db, buyerId))].sort()).toEqual(['新词', '旧词'].sort());
    expect(await fixture.search.history(database.db, guestId)).toEqual([]);
  });
});
