/** ECharts by modules, and one theme read from the tokens, so charts and pages share their colours. */
import { BarChart, FunnelChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { registerTheme, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([LineChart, BarChart, FunnelChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const chartColor = (index: number): string => token(`--xp-chart-${(index % 8) + 1}`);

const axis = () => ({
  axisLine: { show: false, lineStyle: { color: token('--xp-line-strong') } },
  axisTick: { show: false },
  axisLabel: { color: token('--xp-ink-3'), fontSize: 12 },
  splitLine: { lineStyle: { color: token('--xp-line') } },
});

const themes = new Set<string>();

/** The theme's name, made from the tokens of the mode that is on; charts are told it anew when the mode changes. */
export function chartTheme(isDark: boolean): string {
  const name = isDark ? 'xiaopu-dark' : 'xiaopu';
  if (themes.has(name)) return name;
  themes.add(name);
  registerTheme(name, {
    color: Array.from({ length: 8 }, (_, index) => chartColor(index)),
    textStyle: { fontFamily: token('--xp-font') },
    categoryAxis: { ...axis(), splitLine: { show: false } },
    valueAxis: axis(),
    legend: { textStyle: { color: token('--xp-ink-2') }, icon: 'roundRect', itemWidth: 12, itemHeight: 3 },
    tooltip: {
      backgroundColor: token('--xp-surface'),
      borderColor: token('--xp-line'),
      textStyle: { color: token('--xp-ink'), fontSize: 12 },
      axisPointer: { lineStyle: { color: token('--xp-ink-4') } },
    },
  });
  return name;
}
