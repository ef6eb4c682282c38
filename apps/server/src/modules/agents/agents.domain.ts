/** Who looks after a member, and who answers them now. */
export interface Agent {
  staffId: string;
  name: string;
  chatUrl: string;
  capacity: number;
  /** Members they look after. */
  load: number;
  isAway: boolean;
  /** Works for the shop no more. */
  isGone: boolean;
}

const isHere = ({ isAway, isGone }: Agent): boolean => !isAway && !isGone;
/** The emptiest first by the part of what they can take; equal ones by id, so that everybody decides alike. */
const byLoad = (a: Agent, b: Agent): number =>
  a.load * b.capacity - b.load * a.capacity || (a.staffId < b.staffId ? -1 : 1);

/** Whoever is here and has a place left; nobody when all are full or away. */
export const pickAgent = (agents: readonly Agent[]): Agent | undefined =>
  agents.filter((agent) => isHere(agent) && agent.load < agent.capacity).sort(byLoad)[0];

/** The own agent's queue first; while they are away another who is here, full or not: nobody is given, only answered. */
export function answererOf(agents: readonly Agent[], own: Agent): Agent | undefined {
  if (isHere(own)) return own;
  return agents.filter((agent) => isHere(agent) && agent.staffId !== own.staffId).sort(byLoad)[0];
}

/** What the contact button hands to whoever answers: at most 200 characters, no id of a shopper. */
export const sessionOf = (own: Agent | undefined, answerer: Agent | undefined, isConcierge: boolean): string => {
  if (!own) return 'service';
  const rank = isConcierge ? '管家' : '专属';
  const cover = answerer && answerer.staffId !== own.staffId ? `;代:${answerer.name}` : '';
  return `${rank}:${own.name}${cover}`;
};
