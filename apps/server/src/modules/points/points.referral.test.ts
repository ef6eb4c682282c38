import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openPointsWorld, shopId } from './points.testing.ts';

const order = (buyerId: string, orderNo: string) => ({ buyerId, orderNo, shopId });
const { books, database, inTx, points, policies, someone } = await openPointsWorld();
afterAll(() => database.close());

describe('old brings new', () => {
  it('C06-PTS-03 pays the inviter nothing for a share, 100 once after the friend’s first received order, within the cap', async () => {
    const inviter = someone();
    const code = (await points.referrals.view(database.db, inviter)).code;
    const friends = Array.from({ length: 6 }, () => someone());
    for (const friend of friends) await inTx((tx) => points.referrals.bind(tx, friend, code));
    expect(await points.referrals.view(database.db, inviter)).toMatchObject({ invited: 6, rewarded: 0 });
    expect((await points.home(database.db, inviter)).balance).toBe(0);
    for (const [index, friend] of friends.entries()) {
      await inTx((tx) => points.orders.paid(tx, [{ ...order(friend, `F${index}`), payable: 10_000 }]));
      await inTx((tx) => points.orders.completed(tx, order(friend, `F${index}`)));
      await inTx((tx) => points.orders.completed(tx, order(friend, `F${index}`)));
    }
    expect((await books(inviter)).balance).toBe(500); // five a day, the sixth is past the cap
    expect((await books(friends[0] ?? '')).balance).toBe(2 * 100 + 50); // double on the first order
    await inTx((tx) => points.orders.paid(tx, [{ ...order(friends[0] ?? '', 'F-next'), payable: 10_000 }]));
    await inTx((tx) => points.orders.completed(tx, order(friends[0] ?? '', 'F-next')));
    expect((await books(friends[0] ?? '')).balance).toBe(350);
  });

  it('C08-COM-05 old brings new: both sides get twice the invite points, once; a whole refund takes both back, once', async () => {
    const set = (value: number) =>
      inTx((tx) => policies.set(tx, { key: 'points.old_brings_new', value, shopId, by: 't' }));
    await set(1);
    const [inviter, friend] = [someone(), someone()];
    const { code, reward, friendReward } = await points.referrals.view(database.db, inviter);
    expect([reward, friendReward]).toEqual([200, 200]);
    await inTx((tx) => points.referrals.bind(tx, friend, code, 'device-of-a-friend'));
    await inTx((tx) => points.orders.paid(tx, [{ ...order(friend, 'D1'), payable: 10_000 }]));
    for (let times = 0; times < 2; times += 1) await inTx((tx) => points.orders.completed(tx, order(friend, 'D1')));
    expect((await books(inviter)).balance).toBe(200);
    expect((await books(friend)).balance).toBe(2 * 100 + 50 + 200);
    const refund = (refundNo: string, amount: number) =>
      inTx((tx) => points.orders.refunded(tx, { ...order(friend, 'D1'), refundNo, amount }));
    await refund('DR1', 4_000);
    expect((await books(inviter)).balance).toBe(200);
    for (let times = 0; times < 2; times += 1) await refund('DR2', 6_000);
    expect([(await books(inviter)).balance, (await books(friend)).balance]).toEqual([0, 50]);
    await set(0);
  });

  it('C08-COM-05 refuses an invitation accepted on the inviter’s own phone', async () => {
    const [inviter, second] = [someone(), someone()];
    const { code } = await points.referrals.view(database.db, inviter);
    await inTx((tx) => points.referrals.sawDevice(tx, inviter, 'one-and-the-same-phone'));
    const bind = (deviceId: string) => inTx((tx) => points.referrals.bind(tx, second, code, deviceId));
    await expect(bind('one-and-the-same-phone')).rejects.toMatchObject({ code: 'points.referral_self' });
    await expect(bind('another-phone-altogether')).resolves.toBeUndefined();
  });

  it('refuses one’s own invitation: same buyer, same person, the other way round, and old customers', async () => {
    const me = someone('me');
    const myOther = someone('me');
    const friend = someone();
    const code = async (buyerId: string) => (await points.referrals.view(database.db, buyerId)).code;
    const bind = async (who: string, whose: string) => {
      const text = await code(whose);
      return inTx((tx) => points.referrals.bind(tx, who, text));
    };
    await expect(bind(me, me)).rejects.toMatchObject({ code: 'points.referral_self' });
    await expect(bind(me, myOther)).rejects.toMatchObject({ code: 'points.referral_self' });
    await expect(bind(me, newId())).rejects.toMatchObject({ code: 'points.referral_unknown' });
    await bind(friend, me);
    await bind(friend, me);
    await expect(bind(me, friend)).rejects.toMatchObject({ code: 'points.referral_self' });
    await expect(bind(friend, someone())).rejects.toMatchObject({ code: 'points.referral_taken' });
    const old = someone();
    await inTx((tx) => points.orders.paid(tx, [{ ...order(old, 'O1'), payable: 100 }]));
    await expect(bind(old, me)).rejects.toMatchObject({ code: 'points.referral_late' });
    expect(await points.referrals.view(database.db, me)).toMatchObject({ invited: 1, hasInviter: false });
  });
});
