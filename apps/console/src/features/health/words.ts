import type { HealthState, SystemAlert } from '@xiaopu/contracts/console';
import { count } from '../../shared/lib/format.ts';
import type { Tone } from '../../shared/ui/StatusTag.vue';

export type HealthLine = HealthState['lines'][number];

export const levels: Record<HealthLine['level'], { text: string; tone: Tone }> = {
  green: { text: '正常', tone: 'success' },
  yellow: { text: '黄线', tone: 'warning' },
  red: { text: '红线', tone: 'danger' },
};

/** 1,234 毫秒; one decimal under ten, where it matters. */
export const figure = (value: number, unit: string): string =>
  `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : count(Math.round(value))} ${unit}`;

/** 3 分钟, 2 小时 5 分钟, 1 天 4 小时: how long it lasted. */
export function lasted({ openedAt, recoveredAt }: Pick<SystemAlert, 'openedAt' | 'recoveredAt'>, now: Date): string {
  const end = recoveredAt ? Date.parse(recoveredAt) : now.getTime();
  const minutes = Math.max(1, Math.round((end - Date.parse(openedAt)) / 60_000));
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)];
  if (days > 0) return `${days} 天${hours > 0 ? ` ${hours} 小时` : ''}`;
  return hours > 0 ? `${hours} 小时${minutes % 60 > 0 ? ` ${minutes % 60} 分钟` : ''}` : `${minutes} 分钟`;
}

/** How far along from nothing to its red line, for the bar: 0–100. */
export const fill = ({ value, red }: Pick<HealthLine, 'value' | 'red'>): number =>
  value === null ? 0 : Math.min(100, Math.round((value / Math.max(red, 1)) * 100));

const networkNames: Record<string, string> = { '': '未知', unknown: '未知', wifi: 'WiFi', none: '无网络' };
/** 4G 12 · WiFi 3, the most first. */
export const spread = (networks: Record<string, number>): string =>
  Object.entries(networks)
    .sort(([, a], [, b]) => b - a)
    .map(([network, times]) => `${networkNames[network] ?? network.toUpperCase()} ${count(times)}`)
    .join(' · ');
