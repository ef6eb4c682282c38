/** The parts of distribution, each in its own file, wired to one another. */
import { createAccounts } from './distribution.accounts.ts';
import { createBindings } from './distribution.bindings.ts';
import { createCentre } from './distribution.centre.ts';
import { createCommissions } from './distribution.commissions.ts';
import { createShopDesk } from './distribution.console.ts';
import { createSecondFactor } from './distribution.factor.ts';
import type { DistributionDeps } from './distribution.ports.ts';
import { createProgram } from './distribution.program.ts';
import { createRoster } from './distribution.roster.ts';
import { createWithdrawals } from './distribution.withdrawals.ts';
import { createWorkbench } from './distribution.workbench.ts';

export type Distribution = ReturnType<typeof createDistribution>;

export function createDistribution(deps: DistributionDeps) {
  const program = createProgram(deps);
  const roster = createRoster(deps, program);
  const bindings = createBindings(deps, program, roster);
  const accounts = createAccounts(deps);
  const factor = createSecondFactor(deps, { program, roster });
  return {
    program,
    roster,
    bindings,
    accounts,
    commissions: createCommissions(deps, { program, roster, bindings, accounts }),
    factor,
    withdrawals: createWithdrawals(deps, { program, roster, accounts, factor }),
    centre: createCentre(deps, { program, roster, accounts }),
    workbench: createWorkbench(deps, { roster, bindings }),
    desk: createShopDesk(deps),
    /** Goods of this shop, for links. */
    goodsOf: deps.goodsOf,
  };
}
