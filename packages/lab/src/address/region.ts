/** Finds province, city and district in a text: every chain that could begin somewhere is scored, the best one wins. */
import { type Division, divisions, isPseudoCity, type Spelling } from './divisions.ts';

export interface Region {
  /** The deepest division named. */
  division: Division;
  start: number;
  end: number;
}

interface Candidate extends Region {
  score: number;
}

/** What may stand between two divisions without meaning anything. */
const filler = /^(?:\s*(?:省直辖县级行政区划|自治区直辖县级行政区划|市辖区|县(?=.{1,6}[县区])))?\s*/;
/** After a short form these say that it names a road, a house or a shop, not a division. */
const roadLike =
  /^(?:[东西南北中上下前后]{0,2}[一二三四五六七八九十]{0,2}(?:大?[路街道]|大街|巷|里|弄|桥|门|山|河|湖|江|村|镇|乡|园|苑|庄|城|站|湾|坊|堂|府|阁|楼|馆|店|铺|寺|广场|大厦|公寓|小区|花园|新村|宾馆|饭店|酒店|学院|大学|中学|小学|医院|公司|集团|银行|国际|中心))/;

/** Big cities first: which 鼓楼区 or 朝阳区 is meant when nothing else says so. */
const bigCities = (
  '1101 3101 4403 4401 5101 3301 5001 4201 3205 6101 3201 4301 1201 4101 4419 3702 2101 3302 5301 3202 4406 3501 2102 ' +
  '3502 2301 3701 4501 3303 2201 3505 1301 5201 3304 3307 3601 3204 3206 4404 3203 1401 4413 3401 4420 3310 3306 3706 ' +
  '6501 3209 1501 6201 4601 3210 4602 6401 6301'
).split(' ');
const rank = new Map(bigCities.map((code, index) => [code, 1 - index / bigCities.length]));

const isWithin = (inner: Division, outer: Division): boolean =>
  outer.level === 0 ? inner.province === outer : outer.level === 1 ? inner.city === outer : inner === outer;

const spellingsAt = (text: string, at: number): Spelling[] =>
  (divisions().spellings.get(text.slice(at, at + 2)) ?? []).filter((spelling) => text.startsWith(spelling.text, at));

const fillerAt = (text: string, at: number): number => filler.exec(text.slice(at, at + 20))?.[0].length ?? 0;

const weight = ({ isFull, text }: Spelling): number => (isFull ? 4 : 2) + Math.min(text.length, 5) * 0.2;

/** Every chain that begins at `start`, each step naming something inside the step before. */
function* chainsFrom(text: string, start: number): Generator<Candidate & { parts: number; firstIsFull: boolean }> {
  const stack: { at: number; division?: Division; score: number; parts: number; firstIsFull: boolean }[] = [
    { at: start, score: 0, parts: 0, firstIsFull: false },
  ];
  for (let state = stack.pop(); state; state = stack.pop()) {
    const { at, division, score, parts, firstIsFull } = state;
    const next = parts === 0 ? at : at + fillerAt(text, at);
    for (const spelling of spellingsAt(text, next)) {
      const found = spelling.division;
      if (division && !(found.level > division.level && isWithin(found, division))) continue;
      const end = next + spelling.text.length;
      const reached = {
        at: end,
        division: found,
        score: score + weight(spelling),
        parts: parts + 1,
        firstIsFull: parts === 0 ? spelling.isFull : firstIsFull,
      };
      stack.push(reached);
      if (!spelling.isFull && roadLike.test(text.slice(end, end + 8))) continue;
      yield {
        division: found,
        start,
        end,
        score: reached.score,
        parts: reached.parts,
        firstIsFull: reached.firstIsFull,
      };
    }
  }
}

const isBoundary = (text: string, at: number): boolean => at === 0 || /[\s:：]/.test(text[at - 1] ?? '');

function hintScore(text: string, { division, start, end }: Region): number {
  const rest = `${text.slice(0, start)} ${text.slice(end)}`;
  const { city, province } = division;
  const names = [city && !isPseudoCity(city) ? city.short : '', province.short].filter((name) => name.length >= 2);
  return names.some((name) => rest.includes(name)) ? 1.5 : 0;
}

function bestChain(text: string): Candidate | undefined {
  let best: Candidate | undefined;
  for (let start = 0; start < text.length - 1; start += 1) {
    const boundary = isBoundary(text, start);
    for (const chain of chainsFrom(text, start)) {
      const { division, end, parts, firstIsFull } = chain;
      // A lone short word must stand by itself to count: 张北 could be a person, 河北 a road.
      const standsAlone = boundary && (end >= text.length || /\s/.test(text[end] ?? ''));
      if (parts === 1 && !firstIsFull && !(boundary && (division.level < 2 || standsAlone || end - start >= 3)))
        continue;
      const prior =
        (rank.get(division.city?.code ?? '') ?? 0) -
        (division.province.code >= '71' && division.province.code < '80' && parts === 1 ? 1 : 0);
      const score = chain.score + prior + hintScore(text, chain) - (boundary ? 0 : 2.5) - start * 0.05;
      if (!best || score > best.score || (score === best.score && end > best.end))
        best = { division, start, end, score };
    }
  }
  return best;
}

/** Without a district so far, the first full name of one of the city's districts further on tells it. */
function districtLater(text: string, { division, end }: Region): Division | undefined {
  if (division.level === 2) return undefined;
  let found: { at: number; division: Division } | undefined;
  const cities = division.level === 1 ? [division] : division.children.filter(isPseudoCity);
  for (const district of cities.flatMap(({ children }) => children)) {
    if (district.name.length < 3 && division.level === 0) continue;
    const at = text.indexOf(district.name, end);
    if (at >= 0 && (!found || at < found.at)) found = { at, division: district };
  }
  return found?.division;
}

/** People paste 海南省三亚市天涯区海南省三亚市天涯区…: what repeats the region is not part of the detail. */
function skipRepeats(text: string, { division, end }: Region): number {
  let at = end;
  for (;;) {
    const next = at + fillerAt(text, at);
    const repeat = spellingsAt(text, next).find(
      (spelling) =>
        spelling.isFull && isWithin(division, spelling.division) && spelling.division.level <= division.level,
    );
    if (!repeat) return at;
    at = next + repeat.text.length;
  }
}

/** Whether a text says nothing but where `division` lies: 海南省 before 海南省三亚市. */
export function isPartOf(text: string, division: Division): boolean {
  const first = spellingsAt(text, 0).find((spelling) => isWithin(division, spelling.division));
  return first !== undefined && skipRepeats(text, { division, start: 0, end: first.text.length }) === text.length;
}

export function findRegion(text: string): Region | undefined {
  const best = bestChain(text);
  if (!best) return undefined;
  const end = skipRepeats(text, best);
  return { start: best.start, end, division: districtLater(text, { ...best, end }) ?? best.division };
}
