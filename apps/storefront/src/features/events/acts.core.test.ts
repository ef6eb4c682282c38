import type { SendActs, ShopperAct } from '@xiaopu/contracts';
import { expect, it } from 'vitest';
import { createActs } from './acts.core.ts';

function setUp(kept: ShopperAct[] = []) {
  const state = {
    kept,
    sent: [] as SendActs[],
    fails: undefined as unknown,
    session: true,
    off: false,
    due: [] as (() => void)[],
  };
  let seed = 1;
  const acts = createActs({
    async send(body) {
      if (state.fails !== undefined) throw state.fails;
      state.sent.push(body);
      return { stored: body.acts.length, isOff: state.off };
    },
    hasSession: () => state.session,
    now: () => Date.UTC(2026, 10, 18),
    random: () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    },
    later: (work) => state.due.push(work),
    keep: (waiting) => {
      state.kept = [...waiting];
    },
    kept: () => state.kept,
    isOff: () => state.off,
    turnedOff: () => {
      state.off = true;
    },
    isRefused: (error) => error === 'refused',
  });
  return { acts, state };
}
const spuId = '01970000-0000-7000-8000-000000000001';

it('C06-REC-01 sends acts in batches, a while after the first', async () => {
  const { acts, state } = setUp();
  for (let at = 0; at < 60; at += 1) acts.note({ kind: 'view', spuId });
  expect(state.due).toHaveLength(1);
  expect(state.sent).toEqual([]);
  await acts.flush();
  expect(state.sent.map((body) => body.acts.length)).toEqual([50, 10]);
  expect(new Set(state.sent.flatMap((body) => body.acts.map(({ eventId }) => eventId))).size).toBe(60);
  expect(state.kept).toEqual([]);
});

it('C06-REC-01 keeps what could not be sent, over the end of the app too, and sends the same ids later', async () => {
  const { acts, state } = setUp();
  acts.note({ kind: 'cart', spuId, quantity: 2 });
  state.fails = 'offline';
  await acts.flush();
  const [waiting] = state.kept;
  expect(waiting).toMatchObject({ kind: 'cart', quantity: 2, at: '2026-11-18T00:00:00.000Z' });
  const later = setUp(state.kept);
  await later.acts.flush();
  expect(later.state.sent[0]?.acts).toEqual([waiting]);
});

it('a batch the server will never take holds nothing up; without a session acts wait', async () => {
  const { acts, state } = setUp();
  acts.note({ kind: 'visit' });
  state.session = false;
  await acts.flush();
  expect(state.kept).toHaveLength(1);
  state.session = true;
  state.fails = 'refused';
  await acts.flush();
  expect(state.kept).toEqual([]);
});

it('C06-REC-03 notes nothing once personalisation is off, and forgets what waited when the server says so', async () => {
  const { acts, state } = setUp();
  acts.note({ kind: 'view', spuId });
  state.off = true;
  acts.note({ kind: 'view', spuId });
  expect(state.kept).toHaveLength(1);
  state.off = false;
  const stop = setUp(state.kept);
  stop.state.off = true;
  await stop.acts.flush();
  expect(stop.state.sent).toEqual([]);
});

it('keeps the newest two hundred', () => {
  const { acts, state } = setUp();
  for (let at = 0; at < 250; at += 1) acts.note({ kind: 'zoom', spuId });
  expect(state.kept).toHaveLength(200);
  expect(acts.count()).toBe(250);
});
