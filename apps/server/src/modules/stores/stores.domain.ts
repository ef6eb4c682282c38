/** Pure: how far it is. */

export interface Position {
  lat: number;
  lng: number;
}

const earthRadius = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres as the crow flies (haversine). */
export function metresBetween(one: Position, other: Position): number {
  const [from, to] = [radians(one.lat), radians(other.lat)];
  const half =
    Math.sin((to - from) / 2) ** 2 + Math.cos(from) * Math.cos(to) * Math.sin(radians(other.lng - one.lng) / 2) ** 2;
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(half)));
}

const metresPerDegree = (Math.PI * earthRadius) / 180;

/** A box that holds everything within so many metres: what an index can look up before anything is measured. */
export function boxAround({ lat, lng }: Position, metres: number): { lat: [number, number]; lng: [number, number] } {
  const north = metres / metresPerDegree;
  const east = Math.min(180, north / Math.max(0.01, Math.cos(radians(Math.min(89, Math.abs(lat) + north)))));
  return { lat: [lat - north, lat + north], lng: [lng - east, lng + east] };
}

/** Nearest first, with the distance in whole metres; without a position as they come, and nobody knows how far. */
export function nearestFirst<S extends Position>(
  stores: readonly S[],
  from: Position | undefined,
): { store: S; distance: number | null }[] {
  if (!from) return stores.map((store) => ({ store, distance: null }));
  return stores
    .map((store) => ({ store, distance: Math.round(metresBetween(from, store)) }))
    .sort((left, right) => left.distance - right.distance);
}

/** Half a position is none. */
export const positionOf = ({ lat, lng }: { lat?: number; lng?: number }): Position | undefined =>
  lat === undefined || lng === undefined ? undefined : { lat, lng };
