import { placeAndPay } from './buy.ts';
import { demoStaff, type Stage } from './stage.ts';

const dayMs = 86_400_000;
const shanghaiDay = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);

export async function reconciliation(stage: Stage): Promise<void> {
  const { shopId } = await placeAndPay(stage, '毛巾');
  const day = shanghaiDay(await stage.now());

  stage.say('tonight WeChat Pay writes a bill with one fen too much in it (a switch of the sandbox)');
  await stage.switchTo({ 'pay.billFault': 'other-amount', 'pay.billFaultTimes': 0 });
  const tomorrow = Date.parse(`${day}T00:00:00+08:00`) + dayMs + 10 * 3_600_000 + 6 * 60_000;
  await stage.advance(tomorrow - (await stage.now()).getTime());

  stage.say('the next morning at 10:06 the bills are fetched, their hash checked, and compared line by line');
  // A session does not outlive the night.
  const consoleApi = (await stage.staff(demoStaff.account, demoStaff.password))(shopId);
  const dayOf = async () => (await consoleApi.finance.days({ from: day, to: day })).items[0];
  const first = await stage.until(dayOf, (found) => found !== undefined && found.runs > 0);
  stage.note(
    `${day}: ours ${stage.yuan((first?.ourPaid ?? 0) - (first?.ourRefunded ?? 0))} in ${first?.ourCount} lines, theirs ${stage.yuan((first?.theirPaid ?? 0) - (first?.theirRefunded ?? 0))} in ${first?.theirCount}; ${first?.stateText}`,
  );
  const open = await consoleApi.finance.differences({ day, state: 'open', page: 1, pageSize: 20 });
  for (const { kindText, tradeKey, ours, theirs } of open.items)
    stage.note(`${kindText}  ${tradeKey}  ours ${stage.yuan(ours ?? 0)}, theirs ${stage.yuan(theirs ?? 0)}`);

  stage.say('asked again, it finds nothing new');
  const again = await consoleApi.finance.run(day);
  stage.note(`run ${again.runs}: ${again.differences} difference in all, as before`);
  if (again.differences !== first?.differences) throw new Error('a re-run added differences');

  stage.say('a person looks, settles it and says why; that is kept');
  const [difference] = open.items;
  if (!difference) throw new Error('no difference was found');
  await consoleApi.finance.resolve(difference.differenceId, { note: '差额一分，已在商户平台核对' });
  const { items } = await consoleApi.finance.history(difference.differenceId);
  for (const { actionText, by, note } of items) stage.note(`${actionText} · ${by}${note ? ` · ${note}` : ''}`);
  await stage.switchTo({ 'pay.billFault': 'none' });
  stage.note(`${day}: ${(await dayOf())?.stateText}`);
  process.stdout.write('\nThe books agree.\n');
}
