import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  // What each side got for the first order, so that a refund takes exactly that back.
  await sql`
    alter table points.referral
      add column inviter_points integer not null default 0 check (inviter_points >= 0),
      add column friend_points integer not null default 0 check (friend_points >= 0),
      add column reversed_at timestamptz`.execute(db);
  // Phones an account was used on, as keyed digests: two accounts on one phone are no two friends.
  await sql`
    create table points.device (
      buyer_id uuid not null,
      device text not null,
      seen_at timestamptz not null,
      primary key (buyer_id, device)
    )`.execute(db);
}
