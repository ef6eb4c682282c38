import { type Kysely, sql } from 'kysely';

/** The inbox tells of groups too. Adds to whatever kinds are allowed by now. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    do $$
    declare kinds text[];
    begin
      select array_agg(kind) into kinds from (
        select m[1] as kind from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') as m
        where c.conname = 'message_kind_check' and c.conrelid = 'messaging.message'::regclass
        union select 'group') known;
      alter table messaging.message drop constraint message_kind_check;
      execute format('alter table messaging.message add constraint message_kind_check check (kind = any (%L::text[]))', kinds);
    end $$`.execute(db);
}
