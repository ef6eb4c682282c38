/**
 * Makes the few product videos of the demo from its own drawings: a slow look at each gallery view, faded into the next.
 * `npm run make-videos -w @xiaopu/demo-data` needs ffmpeg; the results are kept in videos/, so nobody else does.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { buildCatalogue, drawPicture } from '../src/index.ts';
import { videoFiles } from '../src/videos.ts';

const size = 540;
const secondsPerView = 2.4;
const fadeSeconds = 0.5;
const framesPerSecond = 24;

const out = join(import.meta.dirname, '../videos');
mkdirSync(out, { recursive: true });
const demo = buildCatalogue();

for (const [spuCode, file] of videoFiles) {
  const spu = demo.spus.find((candidate) => candidate.spuCode === spuCode);
  if (!spu) throw new Error(`no product ${spuCode}`);
  const folder = mkdtempSync(join(tmpdir(), 'xiaopu-video-'));
  const stills = spu.pictures.map((_, index) => join(folder, `${index}.png`));
  for (const [index, picture] of spu.pictures.entries()) {
    await sharp(Buffer.from(drawPicture(demo, picture.key)))
      .resize(size * 2)
      .png()
      .toFile(stills[index] ?? '');
  }
  const frames = Math.round((secondsPerView + fadeSeconds) * framesPerSecond);
  const inputs = stills.flatMap((still) => ['-i', still]);
  // Every second view drifts out instead of in, so that the look does not pump.
  const moves = stills.map((_, index) => {
    const zoom = index % 2 === 0 ? `1+0.08*on/${frames}` : `1.08-0.08*on/${frames}`;
    return `[${index}:v]zoompan=z='${zoom}':x='iw/2-(iw/zoom/2)':y='ih/2-(ih/zoom/2)':d=${frames}:s=${size}x${size}:fps=${framesPerSecond}[v${index}]`;
  });
  const fades = stills.slice(1).map((_, index) => {
    const before = index === 0 ? '[v0]' : `[f${index}]`;
    return `${before}[v${index + 1}]xfade=transition=fade:duration=${fadeSeconds}:offset=${((index + 1) * secondsPerView).toFixed(2)}[f${index + 1}]`;
  });
  const encode = [
    '-c:v',
    'libx264',
    '-preset',
    'veryslow',
    '-crf',
    '31',
    '-pix_fmt',
    'yuv420p',
    '-movflags',
    '+faststart',
    '-an',
  ];
  const { status, stderr } = spawnSync(
    'ffmpeg',
    [
      '-y',
      '-loglevel',
      'error',
      ...inputs,
      '-filter_complex',
      [...moves, ...fades].join(';'),
      '-map',
      `[f${stills.length - 1}]`,
      ...encode,
      join(out, file),
    ],
    { encoding: 'utf8' },
  );
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(stderr);
  console.log(file);
}
