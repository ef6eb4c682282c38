import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createWechatApi } from '#platform/wechat-api.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTwin, type Twin } from '../../../test/twin.ts';
import { createMessages, createModerateText, deliverySweep, demoTemplates } from './index.ts';

const log = createLogger('silent');

class Refusal extends Error {
  readonly errcode: number;
  constructor(errcode: number) {
    super(`errcode ${errcode}`);
    this.errcode = errcode;
  }
}

describe('messages and moderation against the twin over HTTP', () => {
  let database: TestDatabase;
  let twin: Twin;
  let openid: string;
  let token: string | undefined;
  let tokensAsked = 0;
  const clock = createFixedClock(new Date(Math.floor(Date.now() / 1000) * 1000));
  const messages = createMessages({ templates: demoTemplates, clock });

  const call = async ({ path, query, body }: { path: string; query: Record<string, string>; body: unknown }) => {
    const response = await fetch(`${twin.base}/wechat-api${path}?${new URLSearchParams(query)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const reply = (await response.json()) as Record<string, unknown>;
    if (Number(reply.errcode ?? 0) !== 0) throw new Refusal(Number(reply.errcode));
    return reply;
  };
  const tokens = {
    get: async ({ appId, secret }: { appId: string; secret: string }) => {
      if (token) return token;
      tokensAsked += 1;
      const reply = await call({
        path: '/cgi-bin/stable_token',
        query: {},
        body: { grant_type: 'client_credential', appid: appId, secret },
      });
      token = String(reply.access_token);
      return token;
    },
    drop: (_appId: string, dropped: string) => {
      if (token === dropped) token = undefined;
    },
  };
  const build = () => {
    const api = createWechatApi({
      call,
      tokens,
      app: { appId: twin.credentials.miniAppId, secret: twin.credentials.miniAppSecret },
    });
    const openidOf = async () => openid;
    return {
      sweep: deliverySweep({
        database,
        api,
        templates: demoTemplates,
        openidOf,
        pageOf: (orderNo) => `orders/detail?orderNo=${orderNo}`,
        clock,
        log,
      }),
      moderate: createModerateText({ api, openidOf, log }),
    };
  };
  beforeAll(async () => {
    database = await createTestDatabase();
    twin = await startTwin({ clock });
    const { items } = await twin.control<{ items: { id: string; openid: string }[] }>('GET', '/personas');
    openid = items.find(({ id }) => id === 'lin-xia')?.openid ?? '';
  });
  afterAll(async () => {
    await twin.stop();
    await database.close();
  });

  it('C01-ECO-05 every kind of message reaches the phone that accepted it, once, and a stale token is renewed', async () => {
    const buyerId = randomUUID();
    const ids = Object.values(demoTemplates).map(({ templateId }) => templateId);
    await twin.phone('/subscribe', { persona: 'lin-xia', templateIds: ids });
    await database.inTransaction((tx) =>
      messages.recordSubscriptions(tx, buyerId, {
        askId: newId(),
        results: ids.map((templateId) => ({ templateId, result: 'accept' as const })),
      }),
    );
    token = 'S99_gone';
    const facts = {
      orderNo: '26112212000000000001',
      at: clock.now().toISOString(),
      amount: 8_990,
      title: '亚麻四件套',
      carrierName: '顺丰速运',
      waybillNo: 'SF1',
      reason: '不想要了',
      name: '满100减20',
      until: clock.now().toISOString(),
      hint: '过期就不能用了，去看看有什么可买的',
    };
    for (const kind of Object.keys(demoTemplates) as (keyof typeof demoTemplates)[]) {
      for (let i = 0; i < 2; i += 1) {
        await database.inTransaction((tx) =>
          messages.notify(tx, [
            { buyerId, kind, shopId: newId(), sourceKey: `${kind}/1`, title: 't', body: 'b', facts },
          ]),
        );
      }
    }
    const { sweep } = build();
    while ((await sweep.run()) > 0);
    expect(
      await database.db
        .selectFrom('messaging.delivery')
        .select(['state', 'lastError'])
        .where('buyerId', '=', buyerId)
        .execute(),
    ).toEqual(ids.map(() => ({ state: 'sent', lastError: null })));
    const inbox = (await (await fetch(`${twin.base}/phone/messages?persona=lin-xia`)).json()) as {
      items: { title: string }[];
    };
    expect(inbox.items.map(({ title }) => title).sort()).toEqual(
      Object.values(demoTemplates)
        .map(({ title }) => title)
        .sort(),
    );
    expect(tokensAsked).toBe(1);
    const left = await database.db
      .selectFrom('messaging.wallet')
      .select('remaining')
      .where('buyerId', '=', buyerId)
      .execute();
    expect(left.map(({ remaining }) => remaining)).toEqual(ids.map(() => 0));
  });

  it('an accept WeChat does not know is refused there (43101) and the wallet follows WeChat', async () => {
    const buyerId = randomUUID();
    const { templateId } = demoTemplates.order_paid;
    for (let i = 0; i < 2; i += 1) {
      await database.inTransaction((tx) =>
        messages.recordSubscriptions(tx, buyerId, { askId: newId(), results: [{ templateId, result: 'accept' }] }),
      );
    }
    const facts = { orderNo: '26112212000000000002', at: clock.now().toISOString(), amount: 1 };
    await database.inTransaction((tx) =>
      messages.notify(tx, [
        {
          buyerId,
          kind: 'order_paid',
          shopId: newId(),
          sourceKey: 'order_paid/2',
          title: 't',
          body: 'b',
          facts,
        },
      ]),
    );
    const { sweep } = build();
    while ((await sweep.run()) > 0);
    const row = await database.db
      .selectFrom('messaging.delivery')
      .select(['state', 'lastError'])
      .where('buyerId', '=', buyerId)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ state: 'refused', lastError: 'errcode 43101' });
    expect(
      (await messages.listTemplates(database.db, buyerId)).templates.find((one) => one.templateId === templateId)
        ?.remaining,
    ).toBe(0);
  });

  it.each([
    ['被子很暖和，尺寸合适', 'pass', ''],
    ['好评返现加微信', 'held', '广告'],
    ['教你赌博', 'rejected', '违法犯罪'],
  ])('judges %s: %s', async (text, verdict, reason) => {
    expect(await build().moderate(database.db, { buyerId: randomUUID(), text, scene: 'comment' })).toEqual({
      verdict,
      reason,
    });
  });

  it('holds text for people when WeChat does not answer, refuses, or the buyer has no openid', async () => {
    const { moderate } = build();
    const text = { buyerId: randomUUID(), text: '很好', scene: 'comment' as const };
    await twin.switchTo({ 'mini.fault': 'http-500', 'mini.faultTimes': 1 });
    expect((await moderate(database.db, text)).verdict).toBe('held');
    await twin.switchTo({ 'mini.visitCheck': true });
    expect((await moderate(database.db, text)).verdict).toBe('held');
    await twin.switchTo({ 'mini.visitCheck': false });
    const known = openid;
    openid = '';
    expect((await moderate(database.db, text)).verdict).toBe('held');
    openid = known;
    expect((await moderate(database.db, text)).verdict).toBe('pass');
  });
});
