/** Writes src/shared/icons/icons.css from strokes.ts: each icon an inline SVG mask, so it takes the text colour everywhere. */
import { writeFileSync } from 'node:fs';
import { drawings } from '../src/shared/icons/drawings.ts';
import { strokes } from '../src/shared/icons/strokes.ts';

/** `fill:` shapes are painted and stroked, the rest only stroked. */
function svgOf(source: string): string {
  const parts = source.split(/\s?(?=fill:)/).flatMap((part) => {
    if (!part.startsWith('fill:')) return [{ filled: false, d: part }];
    return [{ filled: true, d: part.slice('fill:'.length) }];
  });
  const paths = parts.map(({ filled, d }) => `<path${filled ? " fill='black'" : ''} d='${d.trim()}'/>`).join('');
  return (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='black' stroke-width='1.75' " +
    `stroke-linecap='round' stroke-linejoin='round'>${paths}</svg>`
  );
}

const encode = (svg: string): string => svg.replace(/[<>#%]/g, (sign) => encodeURIComponent(sign));

export function iconsCss(): string {
  const rules = Object.entries(strokes).map(([name, source]) => {
    const url = `url("data:image/svg+xml,${encode(svgOf(source))}")`;
    return `.xp-i-${name} {\n  --i: ${url};\n}`;
  });
  const pictures = Object.entries(drawings).map(([name, { soft, line }]) => {
    const layer = (attributes: string, d: string): string =>
      `url("data:image/svg+xml,${encode(`<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120 96' ${attributes}><path d='${d}'/></svg>`)}")`;
    const stroke = "fill='none' stroke='black' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'";
    return `.xp-d-${name} {\n  --soft: ${layer("fill='black'", soft)};\n  --stroke: ${layer(stroke, line)};\n}`;
  });
  return `/* Written by scripts/build-icons.ts from strokes.ts. */\n${[...rules, ...pictures].join('\n')}\n`;
}

if (import.meta.main) writeFileSync(new URL('../src/shared/icons/icons.css', import.meta.url), iconsCss());
