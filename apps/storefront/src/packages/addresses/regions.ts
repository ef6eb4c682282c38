/** Provinces, cities and districts for the form. It lives in this subpackage: the list is 50 KB. */
import { divisionLines } from './divisions.ts';

export interface City {
  name: string;
  districts: string[];
}
export interface Province {
  name: string;
  cities: City[];
}

/** "11 北京市" opens a province, "1101 市辖区 东城区01 …" is one of its cities. */
export function parseRegions(source: string): Province[] {
  const provinces: Province[] = [];
  for (const line of source.split('\n')) {
    const [code = '', name = '', ...districts] = line.trim().split(' ');
    const names = districts.map((district) => district.replace(/\d+$/, ''));
    if (code.length === 2) provinces.push({ name, cities: [] });
    else if (code.length === 4)
      provinces.at(-1)?.cities.push({ name: cityName(name, provinces.at(-1)?.name ?? ''), districts: names });
  }
  return provinces.map((province) => ({ ...province, cities: joined(province.cities) }));
}

/** The statistics office names the parts of Beijing "市辖区"; people say 北京市. */
function cityName(name: string, province: string): string {
  return name === '市辖区' || (name === '县' && province.endsWith('市')) ? province : name;
}
function joined(cities: City[]): City[] {
  const byName = new Map<string, City>();
  for (const city of cities) {
    const known = byName.get(city.name);
    if (known === undefined) byName.set(city.name, city);
    else known.districts.push(...city.districts);
  }
  return [...byName.values()];
}

let parsed: Province[] | undefined;
export function regions(): Province[] {
  parsed ??= parseRegions(divisionLines);
  return parsed;
}
