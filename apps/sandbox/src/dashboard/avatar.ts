import type { Persona } from '../phone/personas.ts';

const LONG_HAIR = new Set(['lin-xia', 'zhou-yutong', 'su-wan']);

/** A flat portrait in the persona's colour: enough to tell people apart at 40 pixels. */
export function avatarSvg({ id, colour }: Persona): string {
  const seed = [...id].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 9973, 7);
  const hair = ['#2b2320', '#3a2a22', '#1f2430', '#4a3428'][seed % 4];
  const skin = ['#f3cfae', '#f0c4a0', '#f7d8bd'][seed % 3];
  const isLong = LONG_HAIR.has(id);
  const back = isLong ? `<path d="M28 50c0-16 9-25 22-25s22 9 22 25v22H28z" fill="${hair}"/>` : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="200" height="200">
<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".25"/><stop offset="1" stop-color="#000" stop-opacity=".12"/></linearGradient></defs>
<rect width="100" height="100" fill="${colour}"/><rect width="100" height="100" fill="url(#g)"/>
${back}<path d="M18 100c2-20 14-28 32-28s30 8 32 28z" fill="#fff" fill-opacity=".92"/>
<path d="M43 62h14v14a7 7 0 0 1-14 0z" fill="${skin}"/><ellipse cx="50" cy="50" rx="17" ry="20" fill="${skin}"/>
<path d="M32 48c-2-16 8-24 18-24s20 8 18 24c-3-8-8-12-${isLong ? 14 : 10}-13-6 4-16 4-22 13z" fill="${hair}"/>
<path d="M43 57c2 4 12 4 14 0" fill="none" stroke="#b5614c" stroke-width="2" stroke-linecap="round"/>
<circle cx="43.5" cy="49" r="1.8" fill="#2b2320"/><circle cx="56.5" cy="49" r="1.8" fill="#2b2320"/></svg>`;
}
