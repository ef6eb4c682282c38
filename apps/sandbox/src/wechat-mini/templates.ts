import { readSetting, type Store, writeSetting } from '../platform/store.ts';
import { apiError } from './api-error.ts';

/** A subscription message template as picked in the mini program console. */
export interface MessageTemplate {
  id: string;
  title: string;
  fields: Record<string, string>; // key such as thing1 → its label
}

/** The demo shop's templates; more can be added through the control API. */
export const DEMO_TEMPLATES = {
  orderPaid: template('kQ7vXn2LrT0aB5hWm9CzPdE4sYfUj8GiRo1NxVtKcM6', '订单支付成功通知', {
    character_string1: '订单编号',
    thing2: '商品名称',
    amount3: '支付金额',
    time4: '支付时间',
  }),
  orderShipped: template('3mHcWq8ZyJ1tDfLsKp6RbXnEaV0uG7oQi5YwTzNvC2x', '订单发货通知', {
    character_string1: '订单编号',
    thing2: '商品名称',
    phrase3: '快递公司',
    character_string4: '快递单号',
    time5: '发货时间',
  }),
  pickupReady: template('u4ZtQx8LnR1aM6hWk2CzPdE5sYfVj9GiBo3NwXvKcT7', '到店取货提醒', {
    character_string1: '订单编号',
    thing2: '商品名称',
    thing3: '取货门店',
    thing4: '温馨提示',
  }),
  orderSigned: template('9bYtRk4NwPz2VhXjSg7LcQmDfA1oEu6TiC8vKxWnJ5s', '包裹签收通知', {
    character_string1: '订单编号',
    thing2: '商品名称',
    time3: '签收时间',
  }),
  refundDone: template('Tz5GdVx1KnQ8wJrLbYm3PcHsXa7uEo0fWi9RtNvCk4D', '退款成功通知', {
    character_string1: '订单编号',
    amount2: '退款金额',
    thing3: '退款原因',
    time4: '退款时间',
  }),
  paymentDue: template('hN2xVkT7cPz4RmWqJs8YbLdGfXa1uEo6QiC3tKvWn0E', '待付款提醒', {
    thing1: '商品名称',
    amount2: '待付金额',
    time3: '关闭时间',
    thing4: '温馨提示',
  }),
  backInStock: template('W6rJbYm3PcHsXa7uEo0fGdVx1KnQ8wTz5Li9RtNvCk4', '到货提醒', {
    thing1: '商品名称',
    amount2: '当前价格',
    thing3: '温馨提示',
  }),
  cartIdle: template('rC8nZkQ2vTx5WmJs7YbLdGfXa1uEo6PiH3tKvWn0E4w', '购物车商品提醒', {
    thing1: '商品名称',
    thing2: '温馨提示',
    time3: '提醒时间',
  }),
  couponExpiring: template('e5LwTzQ9mKc2XhPjSg7RbNfDaA1oVu6YiC8vJxWn3Zt', '优惠券到期提醒', {
    thing1: '优惠券名称',
    time2: '到期时间',
    thing3: '温馨提示',
  }),
  planDue: template('p7VxJn4QrT1aM5hWk9CzLdE2sYfUj8GiRo3NwHtKcB6', '会员到期提醒', {
    thing1: '会员名称',
    time2: '到期时间',
    thing3: '温馨提示',
  }),
  campaign: template('a3HcWq7ZyJ2tDfLsKp5RbXnEmV1uG8oQi6YwTzNvC9x', '活动开始提醒', {
    thing1: '活动名称',
    thing2: '温馨提示',
    time3: '开始时间',
  }),
} as const satisfies Record<string, MessageTemplate>;

function template(id: string, title: string, fields: Record<string, string>): MessageTemplate {
  return { id, title, fields };
}

export interface Templates {
  find(id: string): MessageTemplate | undefined;
  list(): MessageTemplate[];
  add(template: MessageTemplate): void;
}

const SETTING = 'mini.templates';

export function createTemplates(store: Store): Templates {
  const added = readSetting<MessageTemplate[]>(store, SETTING) ?? [];
  const list = () => [...Object.values(DEMO_TEMPLATES), ...added];
  return {
    list,
    find: (id) => list().find((known) => known.id === id),
    add(extra) {
      added.push(extra);
      writeSetting(store, SETTING, added);
    },
  };
}

const CHINESE = /^[一-鿿]+$/;
const TIME = /^(\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{2}-\d{2})?( ?\d{1,2}:\d{2}(:\d{2})?)?(~.+)?$/;

/** What each kind of value may be; lengths count characters (B3 of the platform's template rules). */
const VALUE_RULES: Record<string, (value: string) => boolean> = {
  thing: (value) => [...value].length <= 20,
  number: (value) => /^-?\d{1,32}(\.\d+)?$/.test(value),
  letter: (value) => /^[A-Za-z]{1,32}$/.test(value),
  symbol: (value) => [...value].length <= 5,
  character_string: (value) => /^[\x21-\x7e]{1,32}$/.test(value),
  time: (value) => TIME.test(value),
  date: (value) => TIME.test(value),
  amount: (value) => /^[¥￥$€]?\d{1,10}(\.\d+)?元?$/.test(value),
  phone_number: (value) => /^[\d+\- ()]{1,17}$/.test(value),
  car_number: (value) => [...value].length <= 8,
  name: (value) => (/^[A-Za-z ·.]+$/.test(value) ? value.length <= 20 : [...value].length <= 10),
  phrase: (value) => CHINESE.test(value) && [...value].length <= 5,
};

const CONTROL_CHARACTERS = /\p{Cc}/u;

/** Throws 47003 naming the first field that breaks its rule, as the platform does. */
export function checkTemplateData(known: MessageTemplate, data: unknown): Array<[label: string, value: string]> {
  const given = (data ?? {}) as Record<string, { value?: unknown }>;
  return Object.entries(known.fields).map(([key, label]) => {
    const value = given[key]?.value;
    if (value === undefined || value === null || value === '')
      throw apiError(47003, `argument invalid! data.${key}.value is empty`);
    const text = String(value);
    const rule = VALUE_RULES[key.replace(/\d+$/, '')];
    if (CONTROL_CHARACTERS.test(text) || !rule?.(text))
      throw apiError(47003, `argument invalid! data.${key}.value invalid`);
    return [label, text];
  });
}
