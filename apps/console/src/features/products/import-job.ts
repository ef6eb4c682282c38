import type { ImportJob } from '@xiaopu/contracts/console';
import type { Tone } from '../../shared/ui/StatusTag.vue';

export const importStates: Record<ImportJob['state'], { text: string; tone: Tone }> = {
  checking: { text: '检查中', tone: 'info' },
  checked: { text: '待确认', tone: 'warning' },
  importing: { text: '导入中', tone: 'info' },
  done: { text: '已完成', tone: 'success' },
  failed: { text: '没有成功', tone: 'danger' },
};

export const isRunning = (state: ImportJob['state']): boolean => state === 'checking' || state === 'importing';

/** The row errors as a file Excel opens: UTF-8 with a mark, quotes doubled, and no cell that could run as a formula. */
export function errorsCsv(errors: ImportJob['errors']): string {
  const cell = (value: string | number) => {
    const text = String(value);
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return `"${safe.replace(/"/g, '""')}"`;
  };
  const rows = [['行', '列', '问题'], ...errors.map((error) => [error.row, error.column, error.message])];
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}`;
}
