import { minuteMs } from '#platform/clock.ts';
import type { InTransaction } from '#platform/database/database.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Agents } from './agents.service.ts';

export const agentSweeps = (agents: Agents, inTransaction: InTransaction): Sweep[] => [
  {
    name: 'agents.release_lapsed',
    everyMs: 10 * minuteMs,
    run: () => inTransaction((tx) => agents.releaseLapsed(tx)),
  },
];
