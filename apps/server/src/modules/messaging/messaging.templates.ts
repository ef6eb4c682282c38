/** Subscription message templates: which fact fills which field, and WeChat's rule for each kind of field. */
import type { MessageKind } from '@xiaopu/contracts';
import { formatYuan } from '@xiaopu/money';

/** What is known when a message is due; all optional but the time. */
export interface MessageFacts {
  orderNo?: string;
  at: string;
  /** The page the message opens; an order's own without it. */
  page?: string;
  /** What runs out, and when. */
  name?: string;
  until?: string;
  hint?: string;
  /** What a check on its truth asks about; no template shows it. */
  ref?: string;
  amount?: number;
  title?: string;
  carrierName?: string;
  waybillNo?: string;
  reason?: string;
}
export type FactName =
  | 'orderNo'
  | 'title'
  | 'amount'
  | 'time'
  | 'carrierName'
  | 'waybillNo'
  | 'reason'
  | 'name'
  | 'until'
  | 'hint';

export interface MessageTemplate {
  templateId: string;
  title: string;
  /** Template field (kind and number, as the console shows it) → the fact that fills it. */
  fields: Record<string, FactName>;
}
export type MessageTemplates = Partial<Record<MessageKind, MessageTemplate>>;

/** The sandbox's templates; a real merchant picks templates of the same fields and gives their ids. */
export const demoTemplates: Record<MessageKind, MessageTemplate> = {
  order_paid: {
    templateId: 'kQ7vXn2LrT0aB5hWm9CzPdE4sYfUj8GiRo1NxVtKcM6',
    title: '订单支付成功通知',
    fields: { character_string1: 'orderNo', thing2: 'title', amount3: 'amount', time4: 'time' },
  },
  order_shipped: {
    templateId: '3mHcWq8ZyJ1tDfLsKp6RbXnEaV0uG7oQi5YwTzNvC2x',
    title: '订单发货通知',
    fields: {
      character_string1: 'orderNo',
      thing2: 'title',
      phrase3: 'carrierName',
      character_string4: 'waybillNo',
      time5: 'time',
    },
  },
  pickup_ready: {
    templateId: 'u4ZtQx8LnR1aM6hWk2CzPdE5sYfVj9GiBo3NwXvKcT7',
    title: '到店取货提醒',
    fields: { character_string1: 'orderNo', thing2: 'title', thing3: 'name', thing4: 'hint' },
  },
  order_refunded: {
    templateId: 'Tz5GdVx1KnQ8wJrLbYm3PcHsXa7uEo0fWi9RtNvCk4D',
    title: '退款成功通知',
    fields: { character_string1: 'orderNo', amount2: 'amount', thing3: 'reason', time4: 'time' },
  },
  cart_idle: {
    templateId: 'rC8nZkQ2vTx5WmJs7YbLdGfXa1uEo6PiH3tKvWn0E4w',
    title: '购物车商品提醒',
    fields: { thing1: 'title', thing2: 'hint', time3: 'time' },
  },
  coupon_expiring: {
    templateId: 'e5LwTzQ9mKc2XhPjSg7RbNfDaA1oVu6YiC8vJxWn3Zt',
    title: '优惠券到期提醒',
    fields: { thing1: 'name', time2: 'until', thing3: 'hint' },
  },
  plan: {
    templateId: 'p7VxJn4QrT1aM5hWk9CzLdE2sYfUj8GiRo3NwHtKcB6',
    title: '会员到期提醒',
    fields: { thing1: 'name', time2: 'until', thing3: 'hint' },
  },
  campaign: {
    templateId: 'a3HcWq7ZyJ2tDfLsKp5RbXnEmV1uG8oQi6YwTzNvC9x',
    title: '活动开始提醒',
    fields: { thing1: 'name', thing2: 'hint', time3: 'time' },
  },
  balance_due: {
    templateId: 'hN2xVkT7cPz4RmWqJs8YbLdGfXa1uEo6QiC3tKvWn0E',
    title: '待付款提醒',
    fields: { thing1: 'title', amount2: 'amount', time3: 'time', thing4: 'reason' },
  },
};

/** Ids from the environment in the demo's field layout; kinds without an id are not offered. */
export function templatesFrom(ids: Partial<Record<MessageKind, string>>): MessageTemplates {
  const given = Object.entries(ids).filter(([, templateId]) => templateId);
  return Object.fromEntries(
    given.map(([kind, templateId]) => [kind, { ...demoTemplates[kind as MessageKind], templateId }]),
  ) as MessageTemplates;
}

const chinese = /\p{Script=Han}/u;
const first = (text: string, count: number): string => [...text].slice(0, count).join('');
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();

interface FieldRule {
  /** Cuts a value to what the kind allows; '' when nothing fits. */
  fit: (text: string) => string;
  allows: (text: string) => boolean;
}
/** B3 of the protocol notes; lengths count characters, and an empty value is refused (47003). */
const rules: Record<string, FieldRule> = {
  thing: { fit: (text) => first(printable(text), 20), allows: (text) => [...text].length <= 20 },
  character_string: {
    fit: (text) => text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 32),
    allows: (text) => /^[\x21-\x7e]{1,32}$/.test(text),
  },
  phrase: {
    fit: (text) =>
      [...text]
        .filter((character) => chinese.test(character))
        .slice(0, 5)
        .join(''),
    allows: (text) => [...text].length <= 5 && [...text].every((character) => chinese.test(character)),
  },
  amount: { fit: (text) => text, allows: (text) => /^[¥￥]?\d{1,10}(\.\d{1,2})?元?$/.test(text) },
  time: { fit: (text) => text, allows: (text) => /^\d{4}年\d{1,2}月\d{1,2}日 \d{1,2}:\d{2}$/.test(text) },
  name: { fit: (text) => first(printable(text), 10), allows: (text) => [...text].length <= 10 },
  number: { fit: (text) => text, allows: (text) => /^\d{1,32}(\.\d+)?$/.test(text) },
};
const fallbacks: Record<string, string> = { thing: '点击查看详情', phrase: '快递', character_string: '-' };

const ruleOf = (field: string): [kind: string, rule: FieldRule | undefined] => {
  const kind = field.replace(/\d+$/, '');
  return [kind, rules[kind]];
};

export function fitsField(field: string, value: string): boolean {
  const [, rule] = ruleOf(field);
  // Control characters and line breaks are refused in every kind.
  return rule !== undefined && value !== '' && !/\p{Cc}/u.test(value) && rule.allows(value);
}

export type TemplateData = Record<string, { value: string }>;

/** @returns the data to send, or the field that cannot be filled so that WeChat would take it */
export function fillTemplate({ fields }: MessageTemplate, facts: MessageFacts): TemplateData | { unfit: string } {
  const data: TemplateData = {};
  for (const [field, factName] of Object.entries(fields)) {
    const [kind, rule] = ruleOf(field);
    const value = rule?.fit(textOf(facts, factName)) || (fallbacks[kind] ?? '');
    if (!fitsField(field, value)) return { unfit: field };
    data[field] = { value };
  }
  return data;
}

function textOf(facts: MessageFacts, name: FactName): string {
  if (name === 'time') return beijingTime(new Date(facts.at));
  if (name === 'until') return facts.until === undefined ? '' : beijingTime(new Date(facts.until));
  if (name === 'amount') return facts.amount === undefined ? '' : `¥${formatYuan(facts.amount)}`;
  return facts[name] ?? '';
}

function beijingTime(at: Date): string {
  const [year, month, day, hour, minute] = new Date(at.getTime() + 8 * 3_600_000).toISOString().split(/\D/).map(Number);
  return `${year}年${month}月${day}日 ${hour}:${String(minute).padStart(2, '0')}`;
}
