import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createRenderer } from './media.renderer.ts';

const run = promisify(execFile);

const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#0a0"/></svg>',
);

describe('the renderer’s process', () => {
  it('renders several at once and says in the shop’s words what it refuses', async () => {
    const renderer = createRenderer();
    const all = await Promise.all(
      (['320.webp', '750.webp', '750.jpg'] as const).map((name) => renderer.renderVariant(svg, name)),
    );
    const seen = await Promise.all(
      all.map(async (bytes) => (({ width, format }) => [width, format])(await sharp(bytes).metadata())),
    );
    expect(seen).toEqual([
      [320, 'webp'],
      [750, 'webp'],
      [750, 'jpeg'],
    ]);
    await expect(renderer.normalise(Buffer.from('hello, world'), 10)).rejects.toMatchObject({
      code: 'media.type_refused',
    });
    const wide = await sharp({ create: { width: 2_000, height: 1_000, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    await expect(renderer.normalise(wide, 1)).rejects.toMatchObject({
      code: 'media.dimensions_refused',
      details: { maxMegapixels: 1 },
    });
  });

  it('fails a broken drawing alone, and renders the next picture', async () => {
    const renderer = createRenderer();
    await expect(renderer.renderVariant(Buffer.from('<svg'), '320.webp')).rejects.toThrow('could not be rendered');
    expect((await renderer.renderVariant(svg, '320.webp')).byteLength).toBeGreaterThan(50);
  });

  it('tells a machine without Chinese fonts from one with them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fonts-'));
    const config = join(folder, 'fonts.conf');
    await writeFile(config, `<?xml version="1.0"?><fontconfig><dir>${folder}</dir></fontconfig>`);
    const script = `import { drawsChinese } from ${JSON.stringify(new URL('media.render.ts', import.meta.url).href)};
process.stdout.write(String(await drawsChinese()));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, FONTCONFIG_FILE: config },
    });
    expect(stdout).toBe('false');
    await rm(folder, { recursive: true });
  });
});
