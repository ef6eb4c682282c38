/** Every console write leaves a trace, in the same transaction as the write. The identity module keeps them. */
import type { AuditArea } from '@xiaopu/contracts/audit-areas';
import type { Tx } from './database/database.ts';

export interface AuditEntry {
  staffId: string;
  staffName: string;
  shopId: string;
  /** What it is about, a dot, what was done. */
  action: `${AuditArea}.${string}`;
  target: string;
  summary: string;
  ip: string;
}
export type AuditTrail = (tx: Tx, entry: AuditEntry) => Promise<void>;
