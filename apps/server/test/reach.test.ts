/** WeCom and SMS against their twins: the tag, the one invitation, a message by each way, with receipts and limits. */
import { randomUUID } from 'node:crypto';
import { reachCredentials } from '@xiaopu/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs, hourMs, minuteMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createPolicies } from '#platform/policy.ts';
import {
  createMessages,
  createNotices,
  createSmsGateway,
  demoTemplates,
  type OutreachSender,
  outreachSweep,
} from '../src/modules/messaging/index.ts';
import { createWecom, createWecomGateway, WecomRefusal } from '../src/modules/wecom/index.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { startTwin, type Twin } from './twin.ts';

const log = createLogger('silent');

describe('reaching members outside WeChat', () => {
  let database: TestDatabase;
  let twin: Twin;
  let policies: ReturnType<typeof createPolicies>;
  const clock = createFixedClock('2026-11-23T04:00:00.000Z');
  const unionids = new Map<string, string>();
  const invited: string[] = [];
  const phones = new Map<string, string>();
  let wecom: ReturnType<typeof createWecom>;
  let sms: ReturnType<typeof createSmsGateway>;
  let gateway: ReturnType<typeof createWecomGateway>;

  beforeAll(async () => {
    database = await createTestDatabase(8);
    twin = await startTwin({ clock });
    policies = createPolicies({ database, clock });
    const keys = reachCredentials(twin.credentials);
    gateway = createWecomGateway({
      clock,
      config: {
        baseUrl: `${twin.base}/wecom`,
        corpId: keys.wecomCorpId,
        contactSecret: keys.wecomContactSecret,
        agentUserId: keys.wecomAgentUserId,
        miniAppId: 'wx',
      },
    });
    sms = createSmsGateway({
      clock,
      config: {
        baseUrl: `${twin.base}/sms`,
        accessKeyId: keys.smsAccessKeyId,
        accessKeySecret: keys.smsAccessKeySecret,
        signName: keys.smsSignName,
        templateCode: keys.smsTemplateCode,
      },
    });
    wecom = createWecom({
      clock,
      policies,
      gateway,
      unionidOf: async (_db, buyerId) => unionids.get(buyerId),
      openidOf: async () => 'o-1',
      tellInvited: async (_tx, buyerId) => void invited.push(buyerId),
      log,
    });
    await inTx((tx) => policies.set(tx, { key: 'wecom.sync_on', value: 1, shopId: newId(), by: 't' }));
  });
  afterAll(async () => {
    await twin.stop();
    await database.close();
  });
  const inTx = <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);
  const sync = async () => {
    while ((await wecom.syncDue(database)) > 0);
  };
  const state = () =>
    twin.control<{
      marked: { external_userid: string; name: string }[];
      ways: { state: string }[];
      messages: { msgid: string; text: string }[];
    }>('GET', '/wecom');

  it('C06-WCM-01 makes one task and one invitation when the value passes the line, and tags who has added the agent', async () => {
    const buyerId = randomUUID();
    unionids.set(buyerId, 'union-lin');
    await Promise.all(Array.from({ length: 5 }, () => inTx((tx) => wecom.passedLine(tx, buyerId))));
    await Promise.all([wecom.syncDue(database), wecom.syncDue(database)]);
    await sync();
    expect((await state()).ways).toHaveLength(1);
    expect(invited).toEqual([buyerId]);
    expect(await wecom.invitation(database.db, buyerId)).toMatchObject({ hasAdded: false });
    await inTx((tx) => wecom.passedLine(tx, buyerId));
    await sync();
    expect((await state()).ways).toHaveLength(1);
    // Their own act; the next look an hour later finds them.
    await twin.control('POST', '/wecom/contacts', { unionid: 'union-lin' });
    clock.advance(hourMs);
    await sync();
    expect((await state()).marked.map(({ name }) => name)).toEqual(['高价值会员']);
    expect(await wecom.invitation(database.db, buyerId)).toMatchObject({ hasAdded: true });
    expect(await wecom.canReach(database.db, buyerId)).toBe(true);
    await expect(wecom.invitation(database.db, randomUUID())).rejects.toMatchObject({ code: 'wecom.no_invitation' });
  });

  it('goes on after WeCom has refused for a while, and asks for a new token when the old one is over', async () => {
    const buyerId = randomUUID();
    unionids.set(buyerId, 'union-chen');
    await twin.control('POST', '/wecom/contacts', { unionid: 'union-chen' });
    await twin.switchTo({ 'wecom.callsPerMinute': 0 });
    await inTx((tx) => wecom.passedLine(tx, buyerId));
    await wecom.syncDue(database);
    expect(await wecom.canReach(database.db, buyerId)).toBe(false);
    await twin.switchTo({ 'wecom.callsPerMinute': 10_000 });
    clock.advance(3 * hourMs);
    await sync();
    expect(await wecom.canReach(database.db, buyerId)).toBe(true);
    await expect(gateway.markTag(`wm${'x'.repeat(30)}`, 'no-tag')).rejects.toBeInstanceOf(WecomRefusal);
  });

  it('X-05 sends by WeCom or SMS only where consent is given and the channel is on; receipts and limits count', async () => {
    const messages = createMessages({ templates: demoTemplates, clock });
    const notices = createNotices({
      clock,
      policies,
      messages,
      templates: demoTemplates,
      checks: {},
      canReach: async (_db, buyerId, channel) => channel === 'sms' && phones.has(buyerId),
      giftOf: async () => undefined,
    });
    const sender: OutreachSender = {
      send: (_db, { buyerId, outreachId, text }) =>
        sms.send({ phone: phones.get(buyerId) ?? '', text, outId: outreachId }),
      receipt: (_db, { buyerId, ...sent }) => sms.receipt({ phone: phones.get(buyerId) ?? '', ...sent }),
    };
    const sweep = outreachSweep({ database, senders: { sms: sender }, clock, log });
    const [agreed, silent] = [randomUUID(), randomUUID()];
    phones.set(agreed, '13800000001');
    phones.set(silent, '13800000002');
    const propose = (buyerId: string, sourceKey: string) =>
      inTx((tx) =>
        notices.propose(tx, {
          buyerId,
          kind: 'lapsed',
          sourceKey,
          title: '好久不见',
          body: '新到了一批四件套',
          page: 'pages/home/index',
          facts: { at: clock.now().toISOString(), name: '好久不见', hint: '新到了一批四件套' },
        }),
      );
    const settle = async () => {
      clock.advance(2 * minuteMs);
      while ((await notices.decideDue(database)) > 0);
      while ((await sweep.run()) > 0);
    };
    const channelOf = async (buyerId: string) =>
      (
        await database.db
          .selectFrom('messaging.notice')
          .select(['channel', 'state'])
          .where('buyerId', '=', buyerId)
          .orderBy('noticeId')
          .execute()
      ).map(({ channel, state: now }) => `${channel}/${now}`);
    const outreach = (buyerId: string) =>
      database.db.selectFrom('messaging.outreach').select(['state']).where('buyerId', '=', buyerId).execute();

    await inTx((tx) => notices.setPreference(tx, agreed, { what: 'sms', isOn: true }));
    await propose(agreed, 'a');
    await settle();
    expect(await channelOf(agreed)).toEqual(['inbox/sent']); // consent, but the channel is off
    await inTx((tx) => policies.set(tx, { key: 'messaging.sms_on', value: 1, shopId: newId(), by: 't' }));
    clock.advance(dayMs);
    await propose(agreed, 'b');
    await propose(agreed, 'b');
    await propose(silent, 'b');
    await settle();
    expect(await channelOf(agreed)).toEqual(['inbox/sent', 'sms/sent']);
    expect(await channelOf(silent)).toEqual(['inbox/sent']);
    clock.advance(minuteMs);
    await sweep.run();
    expect(await outreach(agreed)).toEqual([{ state: 'arrived' }]);
    const { items } = await twin.control<{ items: { phone: string; text: string }[] }>('GET', '/sms');
    expect(items).toEqual([
      expect.objectContaining({ phone: '13800000001', text: expect.stringContaining('好久不见') }),
    ]);

    await twin.switchTo({ 'sms.phoneOff': true });
    clock.advance(2 * dayMs);
    await propose(agreed, 'c');
    await settle();
    clock.advance(minuteMs);
    await sweep.run();
    expect((await channelOf(agreed)).at(-1)).toBe('sms/failed');
    // A second one within the minute is refused by the provider, and is tried later.
    expect(await sms.send({ phone: '13800000009', text: 'x', outId: '1' })).toMatchObject({ state: 'sent' });
    expect(await sms.send({ phone: '13800000009', text: 'x', outId: '2' })).toEqual({
      state: 'retry',
      reason: 'isv.BUSINESS_LIMIT_CONTROL',
    });
  });
});
