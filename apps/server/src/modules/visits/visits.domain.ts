/** Pure rules: which door a visit came through, and which visits an order is owed to. */
import type { VisitChannel } from '@xiaopu/contracts';

/** WeChat's entry numbers of doors that tell something; every other is plain coming back. */
const channelOfScene: ReadonlyMap<number, VisitChannel> = new Map([
  ...[1020, 1035, 1043].map((scene) => [scene, 'oa_menu'] as const),
  ...[1014, 1058, 1067, 1102].map((scene) => [scene, 'oa_article'] as const),
  ...[1045, 1046, 1154, 1155].map((scene) => [scene, 'moments'] as const),
  ...[1008, 1044, 1158].map((scene) => [scene, 'community'] as const),
  ...[1007, 1036].map((scene) => [scene, 'chat'] as const),
  ...[1005, 1006, 1027, 1042, 1053].map((scene) => [scene, 'search'] as const),
  ...[1011, 1012, 1013, 1047, 1048, 1049].map((scene) => [scene, 'scan'] as const),
]);

export const channelOf = (scene: number | undefined): VisitChannel =>
  (scene === undefined ? undefined : channelOfScene.get(scene)) ?? 'direct';

export const sourceOfLink = (code: string): string => `link:${code}`;
export const sourceOfChannel = (channel: VisitChannel): string => `channel:${channel}`;

export interface Touch {
  source: string;
  channel: VisitChannel;
  shopId: string | null;
  firstAt: Date;
  lastAt: Date;
}

/**
 * Among the ways one came to this shop: the first, and the last within the window. Coming back by oneself takes nothing from the
 * link that led here, as long as its window lasts. Undefined: no way is known.
 */
export function owedTo(
  touches: readonly Touch[],
  shopId: string,
  since: Date,
): { first: Touch; last: Touch } | undefined {
  const known = touches.filter((touch) => touch.shopId === null || touch.shopId === shopId);
  const led = known.filter(({ channel }) => channel !== 'direct');
  const recent = led.filter(({ lastAt }) => lastAt >= since);
  const byFirst = (left: Touch, right: Touch) => left.firstAt.getTime() - right.firstAt.getTime();
  const byLast = (left: Touch, right: Touch) => right.lastAt.getTime() - left.lastAt.getTime();
  const [first] = (led.length > 0 ? led : known).toSorted(byFirst);
  const [last] = (recent.length > 0 ? recent : known.filter(({ channel }) => channel === 'direct')).toSorted(byLast);
  return first && { first, last: last ?? { ...first, source: sourceOfChannel('direct'), channel: 'direct' } };
}

const alphabet = '23456789abcdefghjkmnpqrstuvwxyz';
/** Short enough for a mini program code's scene beside its `l=`; without letters that are read wrongly. */
export const newCode = (random: (below: number) => number): string =>
  Array.from({ length: 8 }, () => alphabet[random(alphabet.length)]).join('');

/** First day of the month of a Shanghai day. */
export const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;
export function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 1 ? `${year - 1}-12-01` : `${year}-${String(number - 1).padStart(2, '0')}-01`;
}
