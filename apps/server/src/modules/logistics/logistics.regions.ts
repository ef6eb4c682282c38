/** Where places lie: enough to tell near from far and usual from remote. Names are short, without 省 or 自治区. */
export type Zone = 'east' | 'south' | 'central' | 'north' | 'southwest' | 'northeast' | 'northwest' | 'overseas';

const zones: Record<Zone, readonly string[]> = {
  east: ['上海', '江苏', '浙江', '安徽', '福建', '江西', '山东'],
  south: ['广东', '广西', '海南'],
  central: ['河南', '湖北', '湖南'],
  north: ['北京', '天津', '河北', '山西', '内蒙古'],
  southwest: ['重庆', '四川', '贵州', '云南', '西藏'],
  northeast: ['辽宁', '吉林', '黑龙江'],
  northwest: ['陕西', '甘肃', '青海', '宁夏', '新疆'],
  overseas: ['香港', '澳门', '台湾'],
};
const neighbours: Record<Zone, readonly Zone[]> = {
  east: ['central', 'north', 'south'],
  south: ['central', 'southwest', 'east'],
  central: ['east', 'south', 'north', 'southwest', 'northwest'],
  north: ['east', 'central', 'northeast', 'northwest'],
  southwest: ['central', 'south', 'northwest'],
  northeast: ['north'],
  northwest: ['central', 'north', 'southwest'],
  overseas: ['south'],
};
/** Where carriers ask a surcharge and need days more. */
const remoteProvinces: ReadonlySet<string> = new Set([
  '新疆',
  '西藏',
  '青海',
  '内蒙古',
  '宁夏',
  '甘肃',
  '海南',
  '香港',
  '澳门',
  '台湾',
]);

const zoneOf = new Map(
  Object.entries(zones).flatMap(([zone, names]) => names.map((name) => [name, zone as Zone] as const)),
);

/** "浙江省", "浙江杭州", "新疆维吾尔自治区" → "浙江", "浙江", "新疆"; undefined for what is no province. */
export function findProvince(place: string): string | undefined {
  const text = place.trim();
  for (const name of zoneOf.keys()) if (text.startsWith(name)) return name;
  return undefined;
}

export const isRemote = (province: string): boolean => remoteProvinces.has(province);

export type Distance = 'same_province' | 'near' | 'far' | 'remote';
export function distanceBetween(from: string | undefined, to: string | undefined): Distance {
  if (to !== undefined && from === to) return 'same_province';
  if (to !== undefined && isRemote(to)) return 'remote';
  const [fromZone, toZone] = [zoneOf.get(from ?? ''), zoneOf.get(to ?? '')];
  // Unknown places count as far: better early than late.
  if (!fromZone || !toZone) return 'far';
  return fromZone === toZone || neighbours[fromZone].includes(toZone) ? 'near' : 'far';
}
