/**
 * How each table is spread over a cluster, read from the live schema: the one list that the schema test checks and that the
 * Citus statements are made from. A table's primary key says where it belongs; only what the key cannot say is named here.
 */
import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface TableShape {
  /** `schema.table`, unquoted. */
  name: string;
  schema: string;
  columns: string[];
  primaryKey: string[];
  /** Columns of every unique index, the primary key's included. */
  uniques: string[][];
  /** Tables its foreign keys lead to. */
  references: string[];
}

/** hash: by that column. reference: a copy on every node. local: bookkeeping that stays on the coordinator. */
export type Distribution = { kind: 'hash'; column: string } | { kind: 'reference' } | { kind: 'local' };

const localSchemas = new Set(['platform']);
/** Owners whose rows lie together, so that one owner's tables join on one node. */
const owners = ['buyer_id', 'sku_id', 'shop_id'];
/** Found by something else than an owner, and growing with trade: spread by what they are found by. */
const foundBy: Readonly<Record<string, string>> = {
  'bargain.bargain': 'bargain_id',
  'bargain.help': 'bargain_id',
  'group_buy.group': 'group_id',
  'group_buy.place': 'group_id',
  'group_buy.visit': 'group_id',
  'complaints.look': 'complaint_id',
  'finance.bill_line': 'run_id',
  'finance.ledger_line': 'run_id',
  'finance.difference_event': 'difference_id',
  'identity.audit_entry': 'audit_id',
  'identity.buyer_session': 'token_hash',
  'identity.login_attempt': 'attempt_id',
  'identity.oauth_state': 'state_hash',
  'identity.staff_session': 'token_hash',
  'identity.wechat_account': 'openid',
  'identity.wechat_link': 'link_id',
  'identity.wechat_union': 'unionid',
  'logistics.track_cache': 'waybill_no',
  'pay_score.notice': 'notice_id',
  'payments.notice': 'notice_id',
  'payouts.notice': 'notice_id',
  'search.word_count': 'word',
  'subscriptions.trial': 'person_key',
};

export function distributionOf({ name, schema, primaryKey: [first] }: TableShape): Distribution {
  if (localSchemas.has(schema)) return { kind: 'local' };
  const column = foundBy[name] ?? owners.find((owner) => owner === first);
  return column === undefined ? { kind: 'reference' } : { kind: 'hash', column };
}

/** Tables of one group are colocated: equal values of the column lie on the same node. */
export function groupOf(table: TableShape): string {
  const distribution = distributionOf(table);
  return distribution.kind === 'hash' ? distribution.column : distribution.kind;
}

/** All tables (partitions are their parent's) but PostgreSQL's own and the migrations' bookkeeping. */
export async function readTables(db: Executor): Promise<TableShape[]> {
  const { rows } = await sql<
    Omit<TableShape, 'primaryKey' | 'uniques'> & { keys: { primary: boolean; columns: string[] }[] }
  >`
    select n.nspname || '.' || c.relname as name, n.nspname as schema,
      (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      coalesce((select json_agg(json_build_object('primary', i.indisprimary, 'columns',
          (select json_agg(a.attname order by k.position) from unnest(i.indkey::int[]) with ordinality as k (attnum, position)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum)))
        from pg_index i where i.indrelid = c.oid and i.indisunique), '[]'::json) as keys,
      coalesce((select json_agg(distinct tn.nspname || '.' || t.relname) from pg_constraint f
        join pg_class t on t.oid = f.confrelid join pg_namespace tn on tn.oid = t.relnamespace
        where f.conrelid = c.oid and f.contype = 'f'), '[]'::json) as "references"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public', 'citus', 'columnar')
    order by 1`.execute(db);
  return rows.map(({ keys, ...table }) => ({
    ...table,
    primaryKey: keys.find(({ primary }) => primary)?.columns ?? [],
    uniques: keys.map(({ columns }) => columns),
  }));
}

/** Those a foreign key leads to come first: Citus takes no key to a table that is still local. */
function targetsFirst(tables: readonly TableShape[]): TableShape[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const ordered = new Set<TableShape>();
  const place = (table: TableShape, above: readonly string[]) => {
    for (const name of table.references) {
      const target = byName.get(name);
      if (target && !above.includes(name)) place(target, [...above, table.name]);
    }
    ordered.add(table);
  };
  for (const table of tables) place(table, []);
  return [...ordered];
}

/** What makes a migrated schema a distributed one, a statement a table; local tables are left as they are. */
export function citusStatements(tables: readonly TableShape[]): { table: string; statement: string }[] {
  const anchors = new Map<string, string>();
  const references: { table: string; statement: string }[] = [];
  const hashed: { table: string; statement: string }[] = [];
  for (const table of targetsFirst(tables)) {
    const distribution = distributionOf(table);
    const quoted = quote(table.name);
    if (distribution.kind === 'reference')
      references.push({ table: table.name, statement: `select create_reference_table('${quoted}')` });
    if (distribution.kind !== 'hash') continue;
    const anchor = anchors.get(distribution.column);
    if (anchor === undefined) anchors.set(distribution.column, quoted);
    const statement = `select create_distributed_table('${quoted}', '${distribution.column}', colocate_with => '${anchor ?? 'none'}')`;
    hashed.push({ table: table.name, statement });
  }
  return [...references, ...hashed];
}

/** `order` and `case` are SQL words. */
const quote = (name: string): string =>
  name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');

/** Runs what is not distributed yet. @returns the statements that ran; undefined: this server has no Citus */
export async function distribute(db: Executor): Promise<string[] | undefined> {
  const { rows } = await sql`select 1 from pg_available_extensions where name = 'citus'`.execute(db);
  if (rows.length === 0) return undefined;
  await sql`create extension if not exists citus`.execute(db);
  const done = await sql<{ name: string }>`
    select n.nspname || '.' || c.relname as name from pg_dist_partition p
    join pg_class c on c.oid = p.logicalrelid join pg_namespace n on n.oid = c.relnamespace`.execute(db);
  const known = new Set(done.rows.map(({ name }) => name));
  // Made for all, so that a new table finds the first of its group; only the new ones run.
  const missing = citusStatements(await readTables(db)).filter(({ table }) => !known.has(table));
  for (const { statement } of missing) await sql.raw(statement).execute(db);
  return missing.map(({ statement }) => statement);
}
