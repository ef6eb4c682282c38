/** GPS's datum into that of maps in China. A module of its own: its script gets a name of ours and is fetched when needed. */
import gcoord from 'gcoord';

export function toGcj02(lat: number, lng: number): { lat: number; lng: number } {
  const [east, north] = gcoord.transform([lng, lat], gcoord.WGS84, gcoord.GCJ02);
  return { lat: north, lng: east };
}
