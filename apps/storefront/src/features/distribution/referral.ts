/** Links of distributors: noticed where they land, carried on where a distributor shares. */
import type { LinkLanding } from '@xiaopu/contracts';
import { api } from '@/platform/request';
import { currentBuyer, isMember } from '@/platform/session';

type Query = Record<string, string | undefined> | undefined;
const form = /^[0-9a-z]{10}$/;

/** The code in a page's query: `d` of a shared card, or a mini program code's scene (`d=…`, still encoded on a mini program). */
export function linkCode(query: Query): string | undefined {
  const scene = query?.scene === undefined ? undefined : decodeURIComponent(query.scene);
  const code = query?.d ?? (scene?.startsWith('d=') ? scene.slice(2) : undefined);
  return code !== undefined && form.test(code) ? code : undefined;
}

const noted = new Map<string, Promise<LinkLanding | undefined>>();

/** Tells the shop once a launch whose link brought the shopper; a link that no longer works is no fault of theirs. */
export function noteVisit(code: string): Promise<LinkLanding | undefined> {
  const key = `${code}|${currentBuyer.value?.buyerId ?? ''}`;
  const known = noted.get(key);
  if (known) return known;
  const visit = api.distribution.visit({ code }).catch(() => {
    noted.delete(key);
    return undefined;
  });
  noted.set(key, visit);
  return visit;
}

let asked: { buyerId: string; codes: Promise<Map<string, string>> } | undefined;

/** My own code in a shop, when I distribute for it: asked once a launch. */
export async function ownCode(shopId: string): Promise<string | undefined> {
  const buyerId = currentBuyer.value?.buyerId;
  if (!isMember.value || buyerId === undefined) return undefined;
  if (asked?.buyerId !== buyerId) {
    const codes = api.distribution.programs().then(
      ({ items }) => new Map(items.flatMap(({ shopId: shop, code }) => (code === null ? [] : [[shop, code] as const]))),
      () => {
        asked = undefined;
        return new Map<string, string>();
      },
    );
    asked = { buyerId, codes };
  }
  return (await asked.codes).get(shopId);
}

/** After becoming one, or losing it. */
export function forgetOwnCodes(): void {
  asked = undefined;
}
