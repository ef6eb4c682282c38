import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs, minuteMs } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { createPolicies } from '#platform/policy.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTwin, type Twin } from '../../../test/twin.ts';
import { type CarrierTrack, createKdniaoGateway, createLogistics } from './index.ts';
import { readTrack, signKdniao } from './logistics.kdniao.gateway.ts';

const log = createLogger('silent');

describe('readTrack', () => {
  it('C11-LOG-05 shows pushed nodes out of order and doubled in time order, once', () => {
    const node = (AcceptTime: string, AcceptStation: string, Location = '') => ({
      AcceptTime,
      AcceptStation,
      Location,
    });
    const track = readTrack({
      State: '2',
      StateEx: '202',
      Traces: [
        node('2026-11-22 12:00:00', '到达上海', '上海'),
        node('2026-11-22 08:00:00', '已揽收', '杭州'),
        node('2026-11-22 12:00:00', '到达上海', '上海'),
        node('2026-11-22 15:00:00', '派送中', '上海'),
        node('', '没有时间'),
        node('2026-11-22 09:00:00', ' '),
      ],
    });
    expect(track).toEqual({
      state: 'delivering',
      nodes: [
        { at: '2026-11-22T07:00:00.000Z', text: '派送中', place: '上海' },
        { at: '2026-11-22T04:00:00.000Z', text: '到达上海', place: '上海' },
        { at: '2026-11-22T00:00:00.000Z', text: '已揽收', place: '杭州' },
      ],
    });
  });
  it('of nodes in one second the carrier’s later one is the newer', () => {
    const at = '2026-11-22 12:00:00';
    const { nodes } = readTrack({
      State: '3',
      Traces: [
        { AcceptTime: at, AcceptStation: '派送' },
        { AcceptTime: at, AcceptStation: '签收' },
      ],
    });
    expect(nodes.map(({ text }) => text)).toEqual(['签收', '派送']);
  });
  it.each([
    ['0', '', 'none'],
    ['1', '1', 'collected'],
    ['2', '201', 'in_transit'],
    ['2', '211', 'delivering'],
    ['3', '301', 'signed'],
    ['4', '404', 'problem'],
    ['9', '', 'none'],
  ])('state %s/%s is %s', (State, StateEx, state) => {
    expect(readTrack({ State, StateEx }).state).toBe(state);
  });
  it('signs as the carrier’s documents show', () => {
    // By coreutils: printf '{"a":1}key' | md5sum, its 32 hex characters through base64.
    expect(signKdniao('{"a":1}', 'key')).toBe('ODZiYjI3ZTFmYWExYjdhYTFjMWMzNDA5MDFlZmIyYWI=');
  });
});

describe('tracks', () => {
  let database: TestDatabase;
  let waybill = 78_000_000_000_000;
  const clock = createFixedClock(new Date(Math.floor(Date.now() / 1000) * 1000));
  const answer: { track: CarrierTrack; fails: boolean; calls: unknown[]; delayMs: number } = {
    track: { state: 'in_transit', nodes: [] },
    fails: false,
    calls: [],
    delayMs: 0,
  };
  const gateway = {
    query: async (question: unknown) => {
      answer.calls.push(question);
      await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
      if (answer.fails) throw new Error('no answer');
      return answer.track;
    },
  };
  const build = () =>
    createLogistics({ db: database.db, gateway, clock, log, policies: createPolicies({ database, clock }) });
  let logistics: ReturnType<typeof build>;
  beforeAll(async () => {
    database = await createTestDatabase();
    logistics = build();
  });
  afterAll(() => database.close());
  function parcel() {
    Object.assign(answer, {
      track: { state: 'in_transit', nodes: [{ at: '2026-11-22T04:00:00.000Z', text: '到达上海', place: '上海' }] },
      fails: false,
      calls: [],
      delayMs: 0,
    });
    waybill += 1;
    return { carrierCode: 'ZTO', waybillNo: String(waybill), phoneTail: '1234' };
  }

  it('C04-INT-09 makes one outside call of ten questions in the cache time, at once or in turn', async () => {
    const request = parcel();
    answer.delayMs = 20;
    const [first, ...rest] = await Promise.all(Array.from({ length: 10 }, () => logistics.track(database.db, request)));
    expect(first).toEqual(answer.track);
    for (const track of rest) expect(track).toEqual(first);
    clock.advance(29 * minuteMs);
    expect(await logistics.track(database.db, request)).toEqual(first);
    expect(answer.calls).toEqual([{ kdniaoCode: 'ZTO', waybillNo: request.waybillNo, phoneTail: '1234' }]);
    clock.advance(minuteMs);
    await logistics.track(database.db, request);
    expect(answer.calls).toHaveLength(2);
  });

  it('C04-INT-09 two processes asking at once make one call', async () => {
    const request = parcel();
    answer.delayMs = 30;
    await Promise.all([
      build().track(database.db, request),
      build().track(database.db, request),
      build().track(database.db, request),
    ]);
    expect(answer.calls).toHaveLength(1);
  });

  it('C04-INT-09 never asks about a signed parcel again', async () => {
    const request = parcel();
    answer.track = { ...answer.track, state: 'signed' };
    await logistics.track(database.db, request);
    clock.advance(40 * dayMs);
    expect((await logistics.track(database.db, request)).state).toBe('signed');
    expect(answer.calls).toHaveLength(1);
  });

  it('shows what is stored when the carrier fails, and leaves it alone for a minute', async () => {
    const request = parcel();
    const stored = await logistics.track(database.db, request);
    clock.advance(31 * minuteMs);
    answer.fails = true;
    expect(await logistics.track(database.db, request)).toEqual(stored);
    expect(await logistics.track(database.db, request)).toEqual(stored);
    expect(answer.calls).toHaveLength(2);
    clock.advance(minuteMs);
    answer.fails = false;
    answer.track = { state: 'delivering', nodes: [] };
    expect((await logistics.track(database.db, request)).state).toBe('delivering');
  });

  it('knows nothing of an unknown carrier and asks nobody', async () => {
    const request = parcel();
    expect(await logistics.track(database.db, { ...request, carrierCode: 'NOPE' })).toEqual({
      state: 'none',
      nodes: [],
    });
    expect(answer.calls).toEqual([]);
  });
});

describe('tracks against the twin over HTTP', () => {
  let twin: Twin;
  const clock = createFixedClock(new Date(Math.floor(Date.now() / 1000) * 1000));
  beforeAll(async () => {
    twin = await startTwin({ clock });
  });
  afterAll(() => twin.stop());
  const gateway = (key = twin.credentials.kdniaoApiKey) =>
    createKdniaoGateway({
      trackBaseUrl: `${twin.base}/kdniao`,
      trackBusinessId: twin.credentials.kdniaoBusinessId,
      trackApiKey: key,
    });

  it('follows a parcel from collected to signed', async () => {
    const question = { kdniaoCode: 'SF', waybillNo: 'SF1234567890123', phoneTail: '0001' };
    await gateway().query(question);
    const advanced = await twin.control<{ steps: unknown[] }>('POST', `/parcels/${question.waybillNo}/advance`, {
      toEnd: true,
    });
    const { state, nodes } = await gateway().query(question);
    expect(state).toBe('signed');
    expect(nodes).toHaveLength(advanced.steps.length);
    expect(nodes.at(0)?.text).toContain('已签收');
    expect(nodes.at(-1)?.text).toContain('揽收');
  });
  it('fails on a wrong signature, a refusal, an error page and a cut line', async () => {
    const question = { kdniaoCode: 'ZTO', waybillNo: '78123456789012', phoneTail: '' };
    await expect(gateway('wrong').query(question)).rejects.toThrow('Kdniao refused');
    for (const [fault, message] of [
      ['refused', 'Kdniao refused'],
      ['http-500', 'Kdniao answered 500'],
      ['dropped', 'fetch failed'],
    ]) {
      await twin.switchTo({ 'carriers.fault': fault as string, 'carriers.faultTimes': 1 });
      await expect(gateway().query(question)).rejects.toThrow(message);
    }
    await expect(gateway().query({ ...question, kdniaoCode: 'SF' })).rejects.toThrow('后四位');
  });
});
