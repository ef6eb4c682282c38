import { type Canvas, n, roundPolygon } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { luminance, mix, tone } from '../tone.ts';
import { inkOf, metalDark } from './digital.ts';
import { mark } from './marks.ts';

const speaker = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 480, 150);
  if (/胡桃|木/.test(s.title)) {
    const unit = (x: number, z: number) =>
      box(c, cam, { x, z, w: 230, h: 400, d: 210 }, s.colour, {
        wood: 3,
        radius: 12,
        front: (w, h) => {
          c.rect(12, 12, w - 24, h - 24, '#2F2C2A', 8);
          c.ellipse(w / 2, h * 0.28, 44, 44, '#4A4745');
          c.ellipse(w / 2, h * 0.28, 18, 18, '#8C8884');
          c.ellipse(w / 2, h * 0.66, 84, 84, '#4A4745');
          c.ellipse(
            w / 2,
            h * 0.66,
            64,
            64,
            c.radial([
              [0, '#77736F'],
              [1, '#2A2826'],
            ]),
          );
          c.ellipse(w / 2, h * 0.66, 24, 24, '#A9A5A0');
        },
      });
    unit(-150, -40);
    unit(150, 40);
    return;
  }
  lathe(
    c,
    cam,
    [
      [170, 0],
      [180, 20],
      [180, 330],
      [168, 352],
    ],
    s.colour,
    {},
  );
  c.path(
    'M-180 -320V-20C-150 62 150 62 180 -20V-320C150 -250 -150 -250 -180 -320Z',
    c.pattern(
      9,
      9,
      '<circle cx="2.500" cy="2.500" r="1.500" fill="#241a24" opacity=".28"/><circle cx="7" cy="7" r="1.500" fill="#fff" opacity=".2"/>',
    ),
  );
  lathe(
    c,
    cam,
    [
      [168, 0],
      [166, 12],
    ],
    tone(s.colour, -0.2),
    { y: 350 },
  );
  c.ellipse(0, -352, 60, 16, '#fff', 'opacity=".35"');
};

const radio = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 600, 170);
  c.line('M-170 -380C-170 -470 210 -470 220 -370', '#8A5A38', 22);
  box(c, cam, { w: 480, h: 300, d: 150 }, s.colour, {
    radius: 46,
    front: (w, h) => {
      c.rect(26, 30, w * 0.52, h - 60, '#EFE4CF', 20);
      let grill = '';
      for (let y = 56; y < h - 44; y += 17) grill += `M48 ${y}H${n(w * 0.52 + 4)}`;
      c.line(grill, '#B98A5C', 7);
      c.rect(w * 0.64, 34, w * 0.3, 66, '#FFF6DC', 10);
      c.line(`M${n(w * 0.66)} 76H${n(w * 0.92)}`, '#7A5338', 3, 'stroke-dasharray="3 9"');
      c.line(`M${n(w * 0.78)} 42V92`, '#E63B2E', 4);
      c.ellipse(w * 0.79, h * 0.64, 62, 62, '#8A5A38');
      c.ellipse(
        w * 0.785,
        h * 0.63,
        52,
        52,
        c.linear(
          [
            [0, '#F2E6CE'],
            [1, '#C9A878'],
          ],
          0,
          0,
          1,
          1,
        ),
      );
      c.line(`M${n(w * 0.785)} ${n(h * 0.63)}V${n(h * 0.63 - 42)}`, '#8A5A38', 7);
    },
  });
};

const keyboard = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 700, 230);
  const key = luminance(s.colour) > 0.5 ? '#FFFDF8' : tone(s.colour, 0.16);
  const hot = luminance(s.colour) > 0.5 ? mix(s.colour, '#8FA6BA', 0.6) : '#E6CDB0';
  box(c, { yaw: cam.yaw * 0.7, pitch: cam.pitch + 0.42 }, { w: 640, h: 34, d: 280 }, s.colour, {
    radius: 22,
    top: (w, h) => {
      const rows = [15, 15, 14, 13, 9];
      const unit = (w - 36) / 15;
      rows.forEach((count, row) => {
        const rh = (h - 32) / 5;
        const widths =
          row === 4
            ? [1.25, 1.25, 1.25, 5.5, 1.25, 1.25, 1.1, 1.1, 1.1]
            : Array.from({ length: count }, (_, i) => (i === count - 1 ? 15 - (count - 1) : 1));
        let x = 18;
        widths.forEach((wide, i) => {
          const special = (row === 0 && i === 0) || (row === 2 && i === count - 1);
          c.rect(x + 2, 17 + row * rh + 3, wide * unit - 4, rh - 4, tone(s.colour, -0.3), 7);
          c.rect(
            x + 3,
            16 + row * rh,
            wide * unit - 6,
            rh - 7,
            special ? '#E0785A' : i === 0 || i === widths.length - 1 ? hot : key,
            6,
          );
          x += wide * unit;
        });
      });
    },
  });
};

const mouse = (c: Canvas, s: Subject): void => {
  contactShadow(c, 460, 170);
  const d = 'M-220 -70C-220 -220 -60 -260 80 -230C210 -200 280 -120 270 -60C260 0 180 20 20 20S-220 10 -220 -70Z';
  c.path(d, tone(s.colour, -0.3), 'transform="translate(2 12)"');
  c.path(
    d,
    c.radial(
      [
        [0, tone(s.colour, 0.55)],
        [0.5, s.colour],
        [1, tone(s.colour, -0.25)],
      ],
      0.35,
      0.2,
      0.9,
    ),
  );
  c.line('M-60 -244C-20 -190 -20 -130 -40 -60C-60 -20 -150 -20 -214 -40', tone(s.colour, -0.3), 4, 'opacity=".6"');
  c.line('M-120 -226C-70 -190 -60 -150 -64 -110', tone(s.colour, -0.35), 4, 'opacity=".6"');
  c.rect(-122, -206, 52, 28, metalDark, 14, 'transform="rotate(38 -96 -192)"');
  c.path('M40 -220C130 -206 200 -160 220 -110C160 -160 100 -190 40 -220Z', '#fff', 'opacity=".4"');
};

const laptop = (c: Canvas, cam: Camera): void => {
  box(c, cam, { w: 520, h: 16, d: 340 }, '#C8CCD0', {
    radius: 14,
    top: (w, h) => {
      c.rect(30, 20, w - 60, h * 0.46, '#4A4D52', 8);
      c.rect(w / 2 - 90, h * 0.6, 180, h * 0.32, tone('#C8CCD0', -0.1), 8);
    },
  });
  c.group('transform="translate(0 -10)"', () =>
    box(c, cam, { z: -168, w: 520, h: 330, d: 10 }, '#34363A', {
      radius: 14,
      front: (w, h) => {
        c.rect(
          12,
          12,
          w - 24,
          h - 24,
          c.linear(
            [
              [0, '#8FA6BA'],
              [0.5, '#DDB9B4'],
              [1, '#EDD58C'],
            ],
            0,
            0,
            1,
            1,
          ),
          6,
        );
        c.path(
          `M12 ${n(h * 0.7)}Q${n(w * 0.3)} ${n(h * 0.4)} ${n(w * 0.55)} ${n(h * 0.66)}T${n(w - 12)} ${n(h * 0.5)}V${n(h - 12)}H12Z`,
          '#34507E',
          'opacity=".3"',
        );
      },
    }),
  );
};

const laptopstand = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 620, 210);
  box(c, cam, { w: 320, h: 16, d: 260 }, s.colour, { radius: 16 });
  for (const x of [-130, 130])
    box(c, cam, { x, z: -40, y: 16, w: 26, h: 150, d: 70 }, tone(s.colour, -0.08), { radius: 10 });
  c.group('transform="translate(0 -160)"', () => laptop(c, cam));
};

const deskmat = (c: Canvas, s: Subject): void => {
  const d = roundPolygon(
    [
      [-250, -270],
      [270, -270],
      [330, 0],
      [-330, 0],
    ],
    14,
  );
  c.path(d, '#2a1f1c', 'opacity=".22" transform="translate(8 16)"');
  c.path(d, tone(s.colour, -0.3), 'transform="translate(0 9)"');
  c.path(
    d,
    c.linear(
      [
        [0, tone(s.colour, 0.25)],
        [1, tone(s.colour, -0.05)],
      ],
      0,
      0,
      1,
      1,
    ),
  );
  c.line(
    roundPolygon(
      [
        [-240, -260],
        [260, -260],
        [318, -12],
        [-318, -12],
      ],
      10,
    ),
    tone(s.colour, 0.5),
    2.5,
    'stroke-dasharray="9 6" opacity=".7"',
  );
  c.move(-60, -110, 0.6, () => keyboard(c, { ...s, colour: '#F2EDE2' }, { yaw: -0.1, pitch: 0.3 }));
  c.move(216, -70, 0.3, () => mouse(c, { ...s, colour: '#F2EDE2' }));
};

const hub = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 600, 150);
  c.line('M-250 -90C-360 -110 -330 -330 -230 -330', metalDark, 20);
  c.group('transform="translate(-230 -330) rotate(80)"', () => {
    c.rect(-22, -70, 44, 80, s.colour, 12);
    c.rect(-16, -104, 32, 36, '#D9DCDF', 6);
  });
  box(c, cam, { w: 480, h: 76, d: 170 }, s.colour, {
    radius: 26,
    gloss: 0.2,
    front: (_w) => {
      let x = 36;
      for (const [pw, ph] of [
        [70, 34],
        [70, 34],
        [92, 40],
        [54, 20],
        [44, 10],
      ] as const) {
        c.rect(x, 38 - ph / 2, pw, ph, '#26272B', 5);
        c.rect(x + 6, 38 - 3, pw - 12, 6, '#8F959B', 2);
        x += pw + 20;
      }
    },
    top: (w, h) => mark(c, w / 2, h / 2, 74, inkOf(s.colour), 0.5),
  });
};

export const desktop: Families = {
  speaker: shape('table', 'desk', [40, -220], speaker),
  radio: shape('table', 'living', [60, -200], radio),
  keyboard: shape('table', 'desk', [-60, -60], keyboard),
  mouse: shape('table', 'desk', [-30, -140], mouse),
  deskmat: shape('table', 'desk', [-40, -130], deskmat),
  laptopstand: shape('table', 'desk', [0, -200], laptopstand),
  hub: shape('table', 'desk', [60, -60], hub),
};
