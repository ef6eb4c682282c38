import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema distribution`.execute(db);
  // What a shop says of its programme in words; its numbers are policies.
  await sql`
    create table distribution.program (
      shop_id uuid primary key,
      withholding_note text not null,
      changed_by text not null,
      changed_at timestamptz not null
    )`.execute(db);
  await sql`
    create table distribution.rate (
      shop_id uuid not null,
      scope text not null check (scope in ('category', 'product')),
      target_id uuid not null,
      first_rate integer not null check (first_rate between 0 and 10000),
      second_rate integer not null check (second_rate between 0 and 10000),
      changed_by text not null,
      changed_at timestamptz not null,
      primary key (shop_id, scope, target_id),
      check (first_rate + second_rate <= 10000)
    )`.execute(db);
  // The shop's own roster: one person once, told by the blind index of the identity number.
  await sql`
    create table distribution.distributor (
      shop_id uuid not null,
      buyer_id uuid not null,
      state text not null check (state in ('applied', 'active', 'refused', 'suspended')),
      parent_id uuid,
      real_name text not null,
      id_number text not null,
      id_index text not null,
      consented_at timestamptz not null,
      applied_at timestamptz not null,
      decided_at timestamptz,
      decided_by text,
      reason text not null default '',
      primary key (shop_id, buyer_id),
      check (parent_id <> buyer_id)
    )`.execute(db);
  await sql`create unique index distributor_person on distribution.distributor (shop_id, id_index) where state <> 'refused'`.execute(
    db,
  );
  await sql`create index distributor_buyer on distribution.distributor (buyer_id)`.execute(db);
  await sql`create index distributor_state on distribution.distributor (shop_id, state, applied_at desc)`.execute(db);
  // What outsiders quote: found by itself, copied to every node.
  await sql`
    create table distribution.link (
      code text primary key check (code ~ '^[0-9a-z]{10}$'),
      shop_id uuid not null,
      buyer_id uuid not null,
      spu_id uuid,
      channel text not null,
      created_at timestamptz not null
    )`.execute(db);
  await sql`create index link_owner on distribution.link (buyer_id, shop_id)`.execute(db);
  await sql`
    create table distribution.code_image (
      code text not null,
      page text not null,
      image bytea not null,
      content_type text not null,
      made_at timestamptz not null,
      primary key (code, page)
    )`.execute(db);
  await sql`
    create table distribution.visit (
      buyer_id uuid not null,
      visit_id uuid not null,
      shop_id uuid not null,
      code text not null,
      distributor_id uuid not null,
      channel text not null,
      at timestamptz not null,
      primary key (buyer_id, visit_id)
    )`.execute(db);
  await sql`create index visit_touch on distribution.visit (buyer_id, shop_id, at)`.execute(db);
  await sql`create index visit_shop on distribution.visit (shop_id, at)`.execute(db);
  // Whose customer somebody was, and when: an order belongs to the binding of the moment it was placed.
  await sql`
    create table distribution.binding (
      buyer_id uuid not null,
      binding_id uuid not null,
      shop_id uuid not null,
      distributor_id uuid not null,
      code text not null,
      channel text not null,
      bound_at timestamptz not null,
      protected_until timestamptz not null,
      ended_at timestamptz,
      allows_look_at timestamptz,
      primary key (buyer_id, binding_id),
      check (distributor_id <> buyer_id)
    )`.execute(db);
  await sql`create unique index binding_current on distribution.binding (buyer_id, shop_id) where ended_at is null`.execute(
    db,
  );
  await sql`create index binding_distributor on distribution.binding (distributor_id, shop_id, bound_at desc) where ended_at is null`.execute(
    db,
  );
  await sql`
    create table distribution.look (
      buyer_id uuid not null,
      look_id uuid not null,
      shop_id uuid not null,
      distributor_id uuid not null,
      at timestamptz not null,
      primary key (buyer_id, look_id)
    )`.execute(db);
  await sql`create index look_recent on distribution.look (buyer_id, at desc)`.execute(db);
  // Who gets how much of each line of an order, as agreed when it was placed. Owned by the buyer of the order.
  await sql`
    create table distribution.attribution (
      buyer_id uuid not null,
      order_no text not null,
      shop_id uuid not null,
      first_id uuid not null,
      second_id uuid,
      first_channel text,
      last_channel text,
      lines jsonb not null,
      status text not null check (status in ('placed', 'estimated', 'frozen', 'settled', 'void')),
      kept integer not null check (kept >= 0),
      version integer not null default 0,
      placed_at timestamptz not null,
      settle_at timestamptz,
      settled_at timestamptz,
      primary key (buyer_id, order_no),
      check (second_id <> first_id)
    )`.execute(db);
  await sql`create index attribution_due on distribution.attribution (settle_at) where status = 'frozen'`.execute(db);
  await sql`create index attribution_shop on distribution.attribution (shop_id, placed_at desc)`.execute(db);
  // A distributor's part of one order. There is no third level.
  await sql`
    create table distribution.commission (
      buyer_id uuid not null,
      order_no text not null,
      level integer not null check (level between 1 and 2),
      shop_id uuid not null,
      customer_id uuid not null,
      title text not null,
      picture jsonb not null,
      kept integer not null check (kept >= 0),
      amount integer not null check (amount between 0 and kept),
      booked integer not null default 0 check (booked >= 0),
      status text not null check (status in ('estimated', 'frozen', 'settled', 'void')),
      ordered_at timestamptz not null,
      settle_at timestamptz,
      settled_at timestamptz,
      primary key (buyer_id, order_no, level)
    )`.execute(db);
  await sql`create index commission_mine on distribution.commission (buyer_id, shop_id, ordered_at desc)`.execute(db);
  await sql`create index commission_shop on distribution.commission (shop_id, ordered_at desc)`.execute(db);
  // Balance may be below zero: what was settled and came back is earned again before anything is paid out.
  await sql`
    create table distribution.account (
      buyer_id uuid not null,
      shop_id uuid not null,
      balance bigint not null default 0,
      entries integer not null default 0,
      primary key (buyer_id, shop_id)
    )`.execute(db);
  await sql`
    create table distribution.ledger (
      buyer_id uuid not null,
      shop_id uuid not null,
      entry_no integer not null,
      amount bigint not null check (amount <> 0),
      balance bigint not null,
      kind text not null check (kind in ('commission', 'claw_back', 'withdrawal', 'withdrawal_back')),
      source_key text not null,
      order_no text,
      withdrawal_id uuid,
      at timestamptz not null,
      primary key (buyer_id, shop_id, entry_no),
      unique (buyer_id, shop_id, source_key)
    )`.execute(db);
  await sql`
    create table distribution.withdrawal (
      buyer_id uuid not null,
      withdrawal_id uuid not null,
      shop_id uuid not null,
      amount integer not null check (amount > 0),
      status text not null check (status in ('reviewing', 'paying', 'paid', 'refused', 'failed')),
      payee_name text not null,
      payee_id_number text not null,
      withholding_note text not null,
      reason text not null default '',
      requested_at timestamptz not null,
      decided_by text,
      decided_at timestamptz,
      ended_at timestamptz,
      primary key (buyer_id, withdrawal_id)
    )`.execute(db);
  await sql`create index withdrawal_shop on distribution.withdrawal (shop_id, requested_at desc)`.execute(db);
}
