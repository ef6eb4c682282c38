import { type Canvas, n } from '../canvas.ts';

/** The wordless label of the house: a small leaf over two bars. */
export function mark(c: Canvas, x: number, y: number, size: number, ink: string, opacity = 0.8): void {
  c.add(
    `<g transform="translate(${n(x)} ${n(y)}) scale(${Math.round(size) / 100})" fill="${ink}" opacity="${opacity}"><path d="M0 -46C26 -40 30 -8 0 8C-30 -8 -26 -40 0 -46Z"/><rect x="-34" y="22" width="68" height="7" rx="3.500"/><rect x="-20" y="40" width="40" height="5" rx="2.500"/></g>`,
  );
}

/** A paper label with the house mark. */
export function label(c: Canvas, x: number, y: number, w: number, h: number, paper: string, ink: string): void {
  c.rect(x - w / 2, y - h / 2, w, h, paper, Math.min(w, h) * 0.06);
  mark(c, x, y, Math.min(w, h) * 0.62, ink);
}
