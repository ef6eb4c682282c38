/** Wires the console's operations pages. */
import type { Identity } from '../modules/identity/index.ts';
import { operationsRoutes } from '../modules/operations/index.ts';
import type { RouteApp } from '../platform/http/app.ts';
import type { Infrastructure } from './infrastructure.ts';

export function composeOperations(
  { database, clock }: Infrastructure,
  app: RouteApp,
  { audit }: Pick<Identity, 'audit'>,
): void {
  operationsRoutes(app, { database, clock, audit });
}
