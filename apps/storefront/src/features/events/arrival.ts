/** Tells the shop that somebody came, and by which link or door (C01-ECO-01); now and then, and never before the first screen. */
import { api } from '@/platform/request';
import { currentBuyer, isMember } from '@/platform/session';
import { arrivalOf, type Enter } from './arrival.core';

/** Coming back within it is the same visit for the server too. */
const pauseMs = 30 * 60_000;
/** The first screen asks first. */
const waitMs = 1_500;
const noted = new Map<string, number>();

export function noteArrival(enter: Enter | undefined): void {
  const arrival = arrivalOf(enter);
  setTimeout(() => void send(arrival), waitMs);
}

async function send(arrival: ReturnType<typeof arrivalOf>): Promise<void> {
  // Whoever just looks around is not made a session for it; a link or a door of WeChat is worth one.
  if (!isMember.value && arrival.code === undefined && arrival.scene === undefined) return;
  const key = `${currentBuyer.value?.buyerId ?? ''}|${arrival.code ?? ''}|${arrival.scene ?? ''}`;
  const last = noted.get(key);
  if (last !== undefined && Date.now() - last < pauseMs) return;
  noted.set(key, Date.now());
  await api.noteVisit(arrival).catch(() => noted.delete(key));
}
