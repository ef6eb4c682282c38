/**
 * Lays pictures out in a grid to be looked at: `npm run contact-sheet -- <out.png> front kitchen,food` draws one product for
 * each shape whose name or category matches; a view list (`front,angle`) puts several views of each product in a row.
 */
import sharp from 'sharp';
import { buildCatalogue, drawPicture } from '../src/index.ts';

const [out = 'contact-sheet.png', views = 'front', filter = '', cellText = '250', columnsText = '6'] =
  process.argv.slice(2);
const cell = Number(cellText);
const catalogue = buildCatalogue();
const keys: string[] = [];
if (views === 'keys') keys.push(...filter.split(','));
else {
  const wanted = filter.split(',').filter(Boolean);
  const seen = new Set<string>();
  for (const spu of catalogue.spus) {
    const category = catalogue.categories.find(({ id }) => id === spu.categoryId)?.key ?? '';
    if (wanted.includes('all') ? false : seen.has(spu.look.family)) continue;
    if (wanted.length && !wanted.includes('all') && !wanted.includes(spu.look.family) && !wanted.includes(category))
      continue;
    seen.add(spu.look.family);
    const stem = spu.pictures[0]?.key.replace(/\/front$/, '') ?? '';
    for (const view of views.split(',')) keys.push(`${stem}/${view}`);
  }
}
const columns = Number(columnsText);
const cells = await Promise.all(
  keys.map(async (key, index) => {
    const svg = drawPicture(catalogue, key);
    const input = await sharp(Buffer.from(svg))
      .resize(cell, cell, { fit: 'contain', background: '#fff' })
      .png()
      .toBuffer();
    return { input, left: (index % columns) * (cell + 6), top: Math.floor(index / columns) * (cell + 6) };
  }),
);
const rows = Math.ceil(keys.length / columns);
await sharp({ create: { width: columns * (cell + 6), height: rows * (cell + 6), channels: 3, background: '#ffffff' } })
  .composite(cells)
  .png()
  .toFile(out);
console.log(`${keys.length} pictures → ${out}`);
