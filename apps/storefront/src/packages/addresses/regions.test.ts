import { divisionLines } from '@xiaopu/lab/divisions';
import { expect, it } from 'vitest';
import { parseRegions } from './regions.ts';

const provinces = parseRegions(divisionLines);
const of = (name: string) => provinces.find((province) => province.name === name);

it('has every province with its cities and districts', () => {
  expect(provinces.length).toBeGreaterThanOrEqual(31);
  expect(of('浙江省')?.cities.find(({ name }) => name === '杭州市')?.districts).toContain('西湖区');
  expect(provinces.every(({ cities }) => cities.length > 0)).toBe(true);
});

it('names the city of a municipality as people do', () => {
  expect(of('北京市')?.cities.map(({ name }) => name)).toEqual(['北京市']);
  expect(of('北京市')?.cities[0]?.districts).toContain('朝阳区');
  expect(of('重庆市')?.cities[0]?.name).toBe('重庆市');
});

it('leaves no code in a name', () => {
  const names = provinces.flatMap(({ name, cities }) => [
    name,
    ...cities.flatMap((city) => [city.name, ...city.districts]),
  ]);
  expect(names.filter((name) => /\d/.test(name) || name === '')).toEqual([]);
});
