/** What stock must add up to, recomputed from the ledger. */
import { sql } from 'kysely';
import type { AuditBook, AuditCheck } from '#platform/books.ts';

export const inventoryAudits: AuditCheck[] = [
  {
    name: 'inventory.levels',
    says: 'every stock level is the sum of its ledger',
    query: () => sql`
      select coalesce(l.sku_id, e.sku_id)::text as key,
        format('%s/%s #%s', e.on_hand, e.reserved, e.sequence) as expected,
        format('%s/%s #%s', l.on_hand, l.reserved, l.sequence) as actual
      from inventory.stock_level l
      full join (
        select sku_id, sum(on_hand_delta) as on_hand, sum(reserved_delta) as reserved, max(sequence) as sequence
        from inventory.ledger_entry group by sku_id) e on e.sku_id = l.sku_id
      where (l.on_hand, l.reserved, l.sequence) is distinct from (e.on_hand, e.reserved, e.sequence)`,
  },
  {
    name: 'inventory.ledger_gaps',
    says: 'the ledger of a SKU counts from one without a gap',
    query: () => sql`
      select sku_id::text as key, format('%s rows', max(sequence)) as expected, format('%s rows', count(*)) as actual
      from inventory.ledger_entry group by sku_id having count(*) <> max(sequence) or min(sequence) <> 1`,
  },
  {
    name: 'inventory.reservations',
    says: 'what is reserved of a SKU is what its reservations hold (SKUs with a hot pool apart)',
    query: () => sql`
      select l.sku_id::text as key, coalesce(r.held, 0)::text as expected, l.reserved::text as actual
      from inventory.stock_level l
      left join (
        select sku_id, sum(quantity - shipped_quantity) as held
        from inventory.reservation_line where status in ('held', 'confirmed') and store_id is null group by sku_id) r on r.sku_id = l.sku_id
      where l.reserved <> coalesce(r.held, 0)
        and not exists (select 1 from inventory.pool p where p.sku_id = l.sku_id)`,
  },
  {
    name: 'inventory.shelves',
    says: 'every shelf of a store is the sum of its ledger, without a gap, and keeps what its reservations hold',
    query: () => sql`
      select l.store_id || '/' || l.sku_id as key,
        format('%s/%s #%s of %s, %s held', e.on_hand, e.reserved, e.sequence, e.rows, coalesce(r.held, 0)) as expected,
        format('%s/%s #%s', l.on_hand, l.reserved, l.sequence) as actual
      from inventory.shelf l
      join (
        select sku_id, store_id, sum(on_hand_delta) as on_hand, sum(reserved_delta) as reserved, max(sequence) as sequence,
          count(*) as rows
        from inventory.shelf_entry group by sku_id, store_id) e on e.sku_id = l.sku_id and e.store_id = l.store_id
      left join (
        select sku_id, store_id, sum(quantity - shipped_quantity) as held
        from inventory.reservation_line where status in ('held', 'confirmed') and store_id is not null
        group by sku_id, store_id) r on r.sku_id = l.sku_id and r.store_id = l.store_id
      where (l.on_hand, l.reserved, l.sequence, l.sequence) is distinct from (e.on_hand, e.reserved, e.sequence, e.rows)
        or l.reserved <> coalesce(r.held, 0)`,
  },
];

/** Pieces a reservation still keeps. */
export const reservationBook: AuditBook = () => sql`
  select reservation_id::text collate "C" as key, sum(quantity - shipped_quantity)::bigint as amount,
    string_agg(distinct status, ',' order by status) as state
  from inventory.reservation_line where status in ('held', 'confirmed') group by reservation_id order by 1`;
