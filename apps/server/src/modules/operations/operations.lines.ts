/** What is watched, each with its yellow and its red line. Lines are policies: an install sets its own. */
import { apiRedMs, apiYellowMs } from '#platform/lines.ts';
import { definePolicy, type Policy } from '#platform/policy.ts';

export interface HealthLine {
  key: string;
  title: string;
  unit: string;
  /** What a merchant can do about it. */
  advice: string;
  yellow: Policy;
  red: Policy;
}

const policy = (key: string, title: string, unit: string, defaultValue: number, maximum: number): Policy =>
  definePolicy({ key: `health.${key}`, title, unit, defaultValue, minimum: 0, maximum, scope: 'install' });

export const slowRequestMs = definePolicy({
  key: 'health.slow_request_ms',
  title: '慢请求记录线',
  unit: '毫秒',
  defaultValue: 1_500,
  minimum: 100,
  maximum: 60_000,
  scope: 'install',
});

export const healthLines: readonly HealthLine[] = [
  {
    key: 'api_p95',
    title: '接口耗时 p95',
    unit: '毫秒',
    advice: '看慢请求里最多的接口；访问突增时增加 http 进程',
    yellow: apiYellowMs,
    red: apiRedMs,
  },
  {
    key: 'first_screen_p95',
    title: '首屏耗时 p95',
    unit: '毫秒',
    advice: '看图片大小、分包和网络分布；超过 3 秒多数人会离开',
    yellow: policy('first_screen_yellow_ms', '首屏耗时黄线（近 5 分钟 p95）', '毫秒', 800, 10_000),
    red: policy('first_screen_red_ms', '首屏耗时红线（近 5 分钟 p95）', '毫秒', 1_500, 10_000),
  },
  {
    key: 'outbox_lag',
    title: '消息积压时长',
    unit: '秒',
    advice: '看 worker 与消息队列是否在运行',
    yellow: policy('outbox_lag_yellow_s', '消息积压黄线', '秒', 30, 86_400),
    red: policy('outbox_lag_red_s', '消息积压红线', '秒', 300, 86_400),
  },
  {
    key: 'dead_letters',
    title: '失败的系统消息',
    unit: '条',
    advice: '到「系统消息」查看原因，排除后重发',
    yellow: policy('dead_letters_yellow', '失败消息黄线（超过即告警）', '条', 0, 100_000),
    red: policy('dead_letters_red', '失败消息红线', '条', 20, 100_000),
  },
  {
    key: 'outside_failing',
    title: '外部服务熔断',
    unit: '个',
    advice: '外部服务连续失败，已自动降级；恢复后自动接通',
    yellow: policy('outside_failing_yellow', '外部服务熔断黄线（超过即告警）', '个', 0, 100),
    red: policy('outside_failing_red', '外部服务熔断红线', '个', 1, 100),
  },
  {
    key: 'complaints_late',
    title: '超过期限的支付投诉',
    unit: '件',
    advice: '到「支付投诉」回复并处理完成；长期不处理会影响商户号',
    yellow: policy('complaints_late_yellow', '超期支付投诉黄线（超过即告警）', '件', 0, 100_000),
    red: policy('complaints_late_red', '超期支付投诉红线', '件', 3, 100_000),
  },
  {
    key: 'database_waiting',
    title: '等待数据库连接的请求',
    unit: '个',
    advice: '增加 http 进程或数据库连接数',
    yellow: policy('database_waiting_yellow', '等待数据库连接黄线', '个', 20, 100_000),
    red: policy('database_waiting_red', '等待数据库连接红线', '个', 100, 100_000),
  },
  {
    key: 'server_cpu',
    title: '服务进程 CPU',
    unit: '%',
    advice: '增加进程，或看慢请求里耗时的接口',
    yellow: policy('server_cpu_yellow', '服务进程 CPU 黄线', '%', 80, 10_000),
    red: policy('server_cpu_red', '服务进程 CPU 红线', '%', 95, 10_000),
  },
  {
    key: 'server_memory',
    title: '服务进程内存',
    unit: 'MB',
    advice: '重启该进程并保留日志以便排查',
    yellow: policy('server_memory_yellow_mb', '服务进程内存黄线', 'MB', 800, 1_000_000),
    red: policy('server_memory_red_mb', '服务进程内存红线', 'MB', 1_200, 1_000_000),
  },
];

export const lineOf = (key: string): HealthLine | undefined => healthLines.find((line) => line.key === key);
