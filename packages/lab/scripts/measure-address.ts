/** Accuracy of the address recogniser: `node scripts/measure-address.ts <folder with the address-zh data set> [--show]`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recogniseAddress } from '../src/address/index.ts';

const [folder, flag] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Usage: node scripts/measure-address.ts <folder> [--show]\n');
  process.exit(2);
}
const isShown = flag === '--show';
const shortProvince = (name: string) => name.replace(/(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市)$/, '');

const rows = readFileSync(join(folder, 'company_addresses_dev.csv'), 'utf8').trim().split('\n').slice(1);
let exact = 0;
const startedAt = performance.now();
for (const row of rows) {
  const [address = '', province, city, district] = [...row.matchAll(/"((?:[^"]|"")*)"/g)].map(([, value = '']) =>
    value.replaceAll('""', '"'),
  );
  const read = recogniseAddress(address);
  if (shortProvince(read.province) === province && read.city === city && read.district === district) exact += 1;
  else if (isShown)
    console.log(
      `${address}\n  want ${province} ${city} ${district}\n  read ${read.province} ${read.city} ${read.district}`,
    );
}
const tookMs = performance.now() - startedAt;

interface Fixture {
  input: string;
  expect: { code?: string; name?: string; details?: string; mobile?: string };
}
const fixtures = JSON.parse(readFileSync(join(folder, 'smartfill_fixtures.json'), 'utf8')) as Fixture[];
let passed = 0;
for (const { input, expect } of fixtures) {
  const read = recogniseAddress(input);
  const isRight =
    (expect.code === undefined || read.code === expect.code) &&
    (expect.name === undefined || read.name === expect.name) &&
    (expect.details === undefined || read.detail === expect.details) &&
    (expect.mobile === undefined || read.phone === expect.mobile);
  if (isRight) passed += 1;
  else if (isShown) console.log(`${input}\n  want ${JSON.stringify(expect)}\n  read ${JSON.stringify(read)}`);
}
console.log(
  JSON.stringify({
    addresses: rows.length,
    exact,
    share: exact / rows.length,
    perAddressMs: tookMs / rows.length,
    fixtures: fixtures.length,
    passed,
  }),
);
