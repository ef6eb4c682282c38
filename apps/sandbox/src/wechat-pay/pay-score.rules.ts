import { parameterError } from './errors.ts';
import type { Fields, Rule } from './params.ts';

const text = (label: string, max: number, required = false): Rule => ({ kind: 'text', label, max, required });
const appid = text('应用ID', 32, true);
const serviceId = text('服务ID', 32, true);
const payments: Rule = {
  kind: 'list',
  label: '后付费项目',
  max: 100,
  of: {
    kind: 'object',
    label: '后付费项目',
    fields: {
      name: text('付费项目名称', 20, true),
      amount: { kind: 'integer', label: '金额', min: 0 },
      description: text('计费说明', 30),
      count: { kind: 'integer', label: '付费数量', min: 1 },
    },
  },
};
const discounts: Rule = {
  kind: 'list',
  label: '商户优惠',
  max: 30,
  of: {
    kind: 'object',
    label: '商户优惠',
    fields: {
      name: text('优惠名称', 20, true),
      description: text('优惠说明', 30, true),
      amount: { kind: 'integer', label: '优惠金额', min: 1 },
      count: { kind: 'integer', label: '优惠数量', min: 1 },
    },
  },
};
const timeRange: Fields = {
  start_time: text('服务开始时间', 14),
  start_time_remark: text('服务开始时间备注', 20),
  end_time: text('服务结束时间', 14),
  end_time_remark: text('服务结束时间备注', 20),
};

export const SCORE_ORDER_FIELDS: Fields = {
  out_order_no: { kind: 'text', label: '商户服务订单号', max: 32, pattern: /^[0-9A-Za-z_\-|*]+$/, required: true },
  appid,
  service_id: serviceId,
  service_introduction: text('服务信息', 20, true),
  post_payments: payments,
  post_discounts: discounts,
  time_range: { kind: 'object', label: '服务时间段', fields: timeRange, required: true },
  location: {
    kind: 'object',
    label: '服务位置',
    fields: { start_location: text('服务开始地点', 20), end_location: text('服务结束位置', 20) },
  },
  risk_fund: {
    kind: 'object',
    label: '服务风险金',
    fields: {
      name: {
        kind: 'choice',
        label: '风险金名称',
        values: ['DEPOSIT', 'ADVANCE', 'CASH_DEPOSIT', 'ESTIMATE_ORDER_COST'],
        required: true,
      },
      amount: { kind: 'integer', label: '风险金额', min: 1, required: true },
      description: text('风险说明', 30),
    },
    required: true,
  },
  attach: text('商户数据包', 256),
  notify_url: text('商户回调地址', 255, true),
  openid: text('用户标识', 128),
  need_user_confirm: { kind: 'flag', label: '是否需要用户确认', required: true },
};
export const SCORE_CANCEL_FIELDS: Fields = { appid, service_id: serviceId, reason: text('取消原因', 50, true) };
export const SCORE_COMPLETE_FIELDS: Fields = {
  appid,
  service_id: serviceId,
  post_payments: { ...payments, required: true },
  post_discounts: discounts,
  total_amount: { kind: 'integer', label: '总金额', min: 0, required: true },
  time_range: { kind: 'object', label: '服务时间段', fields: timeRange },
  profit_sharing: { kind: 'flag', label: '微信支付服务分账标记' },
  goods_tag: text('订单优惠标记', 32),
};
export const SCORE_SYNC_FIELDS: Fields = {
  appid,
  service_id: serviceId,
  type: { kind: 'choice', label: '场景类型', values: ['Order_Paid'], required: true },
  detail: {
    kind: 'object',
    label: '内容信息详情',
    fields: { paid_time: text('收款成功时间', 14, true) },
    required: true,
  },
};

interface Item {
  amount?: number;
  count?: number;
}
/** The total is the payments less the discounts, and stays within what the payer agreed to. */
export function checkTotal(
  body: { post_payments: Item[]; post_discounts?: Item[]; total_amount: number },
  cap: number,
): void {
  const sum = (items: Item[] = []) => items.reduce((total, { amount = 0, count = 1 }) => total + amount * count, 0);
  if (body.total_amount !== sum(body.post_payments) - sum(body.post_discounts))
    throw parameterError('总金额不等于后付费项目金额之和减去商户优惠金额之和');
  if (body.total_amount > cap) throw parameterError('总金额超过服务风险金额');
}
