/** Order of addresses and positions of lists: pure. */

export interface Position {
  lat: number;
  lng: number;
}

const earthRadiusMetres = 6_371_008.8;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Great-circle distance (haversine), whole metres. */
export function distanceMetres(a: Position, b: Position): number {
  const dLat = radians(b.lat - a.lat);
  const dLng = radians(b.lng - a.lng);
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLng / 2) ** 2;
  return Math.round(2 * earthRadiusMetres * Math.asin(Math.min(1, Math.sqrt(h))));
}

export interface Rankable {
  isDefault: boolean;
  lastUsedAt: Date | null;
  createdAt: Date;
  distance: number | null;
}

/** Nearest first (unknown places last); where that does not decide: default, last used, newest (C05-PATH-05). */
export function byUsefulness(a: Rankable, b: Rankable): number {
  const near = (a.distance ?? Number.POSITIVE_INFINITY) - (b.distance ?? Number.POSITIVE_INFINITY);
  if (near !== 0 && !Number.isNaN(near)) return near;
  if (a.isDefault !== b.isDefault) return a.isDefault ? -1 : 1;
  const used = (b.lastUsedAt?.getTime() ?? 0) - (a.lastUsedAt?.getTime() ?? 0);
  return used !== 0 ? used : b.createdAt.getTime() - a.createdAt.getTime();
}

export interface ListPosition {
  at: Date;
  spuId: string;
}

export const encodeCursor = ({ at, spuId }: ListPosition): string =>
  Buffer.from(`${at.getTime()}.${spuId}`).toString('base64url');

/** @returns undefined for what we did not write ourselves */
export function decodeCursor(cursor: string): ListPosition | undefined {
  const match = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(
    Buffer.from(cursor, 'base64url').toString(),
  );
  if (!match?.[1] || !match[2]) return undefined;
  return { at: new Date(Number(match[1])), spuId: match[2] };
}
