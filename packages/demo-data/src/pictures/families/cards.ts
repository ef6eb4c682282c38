import type { Canvas } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { inkOn, mix, tone } from '../tone.ts';
import { mark } from './marks.ts';

const [w, h, r] = [520, 328, 30];

/** A card lying on its shadow; the light comes from the upper left. */
function card(
  c: Canvas,
  colour: string,
  at: { x: number; y: number; turn: number },
  face: (ink: string) => void,
): void {
  c.group(`transform="translate(${at.x} ${at.y}) rotate(${at.turn})"`, () => {
    c.rect(-w / 2 + 14, -h / 2 + 22, w, h, '#2a1f1c', r, 'opacity=".16"');
    c.rect(-w / 2 + 5, -h / 2 + 8, w, h, '#2a1f1c', r, 'opacity=".2"');
    c.rect(
      -w / 2,
      -h / 2,
      w,
      h,
      c.linear(
        [
          [0, tone(colour, 0.2)],
          [0.55, colour],
          [1, tone(colour, -0.16)],
        ],
        0,
        0,
        1,
        1,
      ),
      r,
    );
    c.clipped(`M${-w / 2} ${-h / 2}h${w}v${h}h${-w}Z`, () => {
      c.ellipse(w / 2 - 40, -h / 2 + 10, 210, 210, '#fff', 'opacity=".09"');
      c.ellipse(w / 2 + 10, h / 2 - 20, 170, 170, '#fff', 'opacity=".07"');
    });
    c.rect(-w / 2 + 1.5, -h / 2 + 1.5, w - 3, h - 3, 'none', r - 1, 'stroke="#fff" stroke-width="3" opacity=".28"');
    face(inkOn(colour, 0.86));
  });
}

/** The back: a strip to scratch over the code. */
const back = (c: Canvas) => (ink: string) => {
  c.rect(-w / 2 + 44, -34, w - 88, 72, '#C9CDD2', 12);
  c.path(
    `M${-w / 2 + 60} 18l30 -36m8 40l34 -42m8 44l34 -44m8 44l34 -42m10 38l28 -34`,
    'none',
    'stroke="#fff" stroke-width="5" stroke-linecap="round" opacity=".7"',
  );
  for (let at = 0; at < 3; at += 1) c.rect(-w / 2 + 44, 74 + at * 24, w - 88 - at * 90, 8, ink, 4, 'opacity=".34"');
};

const front = (c: Canvas, isLesson: boolean) => (ink: string) => {
  mark(c, -w / 2 + 76, -h / 2 + 78, 62, ink, 0.9);
  if (isLesson) {
    c.ellipse(20, -6, 66, 66, ink, 'opacity=".16"');
    c.ellipse(20, -6, 52, 52, ink, 'opacity=".92"');
    c.path('M4 -32L48 -6L4 20Z', tone('#3B4A3F', 0), 'stroke="#3B4A3F" stroke-width="8" stroke-linejoin="round"');
    c.rect(-w / 2 + 44, h / 2 - 62, w - 88, 10, ink, 5, 'opacity=".26"');
    c.rect(-w / 2 + 44, h / 2 - 62, (w - 88) * 0.42, 10, ink, 5, 'opacity=".9"');
    c.ellipse(-w / 2 + 44 + (w - 88) * 0.42, h / 2 - 57, 14, 14, ink);
    return;
  }
  c.rect(w / 2 - 132, -h / 2 + 48, 84, 60, '#E8C98A', 12);
  c.path(
    `M${w / 2 - 132} ${-h / 2 + 78}h28m28 0h28m-56 -30v60m28 -60v60`,
    'none',
    'stroke="#A9824A" stroke-width="3" opacity=".7"',
  );
  for (let block = 0; block < 4; block += 1)
    for (let dot = 0; dot < 4; dot += 1)
      c.ellipse(-w / 2 + 58 + block * 108 + dot * 20, 54, 6, 6, ink, 'opacity=".85"');
  c.rect(-w / 2 + 50, h / 2 - 66, 190, 12, ink, 6, 'opacity=".5"');
  c.rect(-w / 2 + 50, h / 2 - 42, 120, 8, ink, 4, 'opacity=".3"');
};

const giftcard = (c: Canvas, s: Subject): void => {
  const second = s.accent === s.colour ? mix(s.colour, '#F4EDE2', 0.72) : s.accent;
  card(c, second, { x: 54, y: -122, turn: 13 }, back(c));
  card(c, s.colour, { x: -26, y: 74, turn: -7 }, front(c, /课|讲/.test(s.title)));
};

/** Cards of what is not sent: a code to scratch, a course to watch. */
export const cards: Families = { giftcard: shape('flat', 'desk', [-60, 60], giftcard) };
