/** A sheet that was imported, or refused, has done its work; what it made is in the catalogue. */
import { sql } from 'kysely';
import { definePolicy } from '#platform/policy.ts';
import type { RetentionRule } from '#platform/retention.ts';
import type {} from './catalog.tables.ts';

const importDays = definePolicy({
  key: 'retention.import_days',
  scope: 'install',
  title: '商品导入文件保留',
  unit: '天',
  defaultValue: 90,
  minimum: 7,
  maximum: 1_095,
});

export const catalogRetention: RetentionRule[] = [
  {
    key: 'catalog.imports',
    title: '商品导入文件与出错清单',
    basis: '商品已在商品库；正在导入的不清除',
    limit: importDays,
    async purge(tx, before, most) {
      const { rows } = await sql`
        delete from catalog.import_job where job_id in (
          select job_id from catalog.import_job
          where created_at < ${before} and state in ('checked', 'done', 'failed') limit ${most}) returning 1`.execute(
        tx,
      );
      return rows.length;
    },
  },
];
