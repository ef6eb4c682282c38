import { type Kysely, sql } from 'kysely';

/** A presale's balance is due: told in the inbox and, where the shopper accepted it, by subscription message. */
export async function up(db: Kysely<never>): Promise<void> {
  const { rows } = await sql<{ name: string; text: string }>`
    select conrelid::regclass::text as name, pg_get_constraintdef(oid) as text from pg_constraint
    where conname in ('message_kind_check', 'delivery_kind_check')`.execute(db);
  for (const { name, text } of rows) {
    // Whatever kinds there are by now, and this one.
    const kinds = [...text.matchAll(/'([a-z_]+)'/g)].map(([, kind = '']) => kind);
    const constraint = `${name.replace(/^.*\./, '')}_kind_check`;
    const list = sql.raw([...new Set([...kinds, 'balance_due'])].map((kind) => `'${kind}'`).join(', '));
    await sql`alter table ${sql.raw(name)} drop constraint ${sql.raw(constraint)}`.execute(db);
    await sql`alter table ${sql.raw(name)} add constraint ${sql.raw(constraint)} check (kind in (${list}))`.execute(db);
  }
}
