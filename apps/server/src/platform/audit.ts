/** Every console write leaves a trace, in the same transaction as the write. The identity module keeps them. */
import type { Tx } from './database/database.ts';

export interface AuditEntry {
  staffId: string;
  staffName: string;
  shopId: string;
  action: string;
  target: string;
  summary: string;
  ip: string;
}
export type AuditTrail = (tx: Tx, entry: AuditEntry) => Promise<void>;
