/** Writes src/pictures/extents.ts: how far each shape reaches around its foot, so that pictures can frame it. Run after changing a shape. */
import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { buildCatalogue } from '../src/index.ts';
import { Canvas } from '../src/pictures/canvas.ts';
import { families } from '../src/pictures/families/index.ts';
import { angleCamera, frontCamera } from '../src/pictures/space.ts';
import { subjectOf } from '../src/pictures/subject.ts';

const SIDE = 1600;
const STEP = 4;
const catalogue = buildCatalogue();
const lines: string[] = [];
for (const name of Object.keys(families).sort()) {
  const spus = catalogue.spus.filter(({ look }) => look.family === name).slice(0, 3);
  const views: string[] = [];
  for (const view of ['front', 'angle'] as const) {
    const reach = [0, 0, 0, 0];
    for (const spu of spus) {
      const c = new Canvas(SIDE, SIDE);
      const subject = subjectOf(spu, spu.look.colours[0] ?? '燕麦', view);
      c.move(SIDE / 2, 1000, 1, () => families[name]?.draw(c, subject, view === 'front' ? frontCamera : angleCamera));
      const { data, info } = await sharp(Buffer.from(c.toString()))
        .resize(SIDE / STEP)
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      for (let y = 0; y < info.height; y += 1) {
        for (let x = 0; x < info.width; x += 1) {
          // Shadows and glows are fainter than this.
          if ((data[(y * info.width + x) * 4 + 3] ?? 0) < 165) continue;
          const [px, py] = [x * STEP - SIDE / 2, y * STEP - 1000];
          reach[0] = Math.min(reach[0] as number, px);
          reach[1] = Math.min(reach[1] as number, Math.max(py, -700));
          reach[2] = Math.max(reach[2] as number, px);
          reach[3] = Math.max(reach[3] as number, py);
        }
      }
    }
    views.push(`${view}: [${reach.join(', ')}]`);
  }
  lines.push(`  ${name}: { ${views.join(', ')} },`);
}
await writeFile(
  new URL('../src/pictures/extents.ts', import.meta.url),
  `/** Made by scripts/measure-shapes.ts: left, top, right, bottom of each shape around its foot. */\nexport type Extent = [left: number, top: number, right: number, bottom: number];\n\nexport const extents: Record<string, { front: Extent; angle: Extent }> = {\n${lines.join('\n')}\n};\n`,
);
