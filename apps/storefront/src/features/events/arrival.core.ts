/** What an entry says of where somebody came from; pure. */
import type { NoteVisit } from '@xiaopu/contracts';

export interface Enter {
  query?: Record<string, string | undefined>;
  /** 场景值; on H5 uni gives one that says nothing. */
  scene?: number;
}
const form = /^[2-9a-hjkmnp-z]{8}$/;

/** A link's code stands in `l` of a page's query, or in a mini program code's scene (`l=…`, still encoded there). */
export function arrivalOf(enter: Enter | undefined): NoteVisit {
  const { query } = enter ?? {};
  const scene = query?.scene === undefined ? undefined : decoded(query.scene);
  const code = query?.l ?? (scene?.startsWith('l=') ? scene.slice(2) : undefined);
  const number = enter?.scene;
  const hasScene = number !== undefined && Number.isInteger(number) && number > 1001 && number <= 9999;
  return { ...(code !== undefined && form.test(code) ? { code } : {}), ...(hasScene ? { scene: number } : {}) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // somebody's own making
  }
}
