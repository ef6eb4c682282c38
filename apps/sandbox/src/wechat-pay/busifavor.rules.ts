/** What a request on 商家券 must look like (D1 of the protocol notes). String limits are unverified. */
import type { Fields } from './params.ts';

const text = (label: string, max: number, required = false) => ({ kind: 'text', label, max, required }) as const;
const whole = (label: string, min: number, required = false) => ({ kind: 'integer', label, min, required }) as const;

export const STOCK_TYPES = ['NORMAL', 'DISCOUNT', 'EXCHANGE'] as const;

export const STOCK_FIELDS: Fields = {
  stock_name: text('商家券批次名称', 21, true),
  belong_merchant: text('批次归属商户号', 15, true),
  comment: text('批次备注', 20),
  goods_name: text('适用商品范围', 15, true),
  stock_type: { kind: 'choice', label: '批次类型', values: STOCK_TYPES, required: true },
  coupon_use_rule: {
    kind: 'object',
    label: '核销规则',
    required: true,
    fields: {
      coupon_available_time: {
        kind: 'object',
        label: '券可核销时间',
        required: true,
        fields: {
          available_begin_time: { kind: 'time', label: '开始时间', required: true },
          available_end_time: { kind: 'time', label: '结束时间', required: true },
          available_day_after_receive: whole('生效后N天内有效', 1),
        },
      },
      fixed_normal_coupon: {
        kind: 'object',
        label: '固定面额满减券',
        fields: { discount_amount: whole('优惠金额', 1, true), transaction_minimum: whole('消费门槛', 0, true) },
      },
      discount_coupon: {
        kind: 'object',
        label: '折扣券',
        fields: { discount_percent: whole('折扣比例', 1, true), transaction_minimum: whole('消费门槛', 0, true) },
      },
      exchange_coupon: {
        kind: 'object',
        label: '换购券',
        fields: { exchange_price: whole('单品换购价', 0, true), transaction_minimum: whole('消费门槛', 0, true) },
      },
      use_method: {
        kind: 'choice',
        label: '核销方式',
        values: ['OFF_LINE', 'MINI_PROGRAMS', 'SELF_CONSUME', 'PAYMENT_CODE'],
        required: true,
      },
      mini_programs_appid: text('小程序appid', 32),
      mini_programs_path: text('小程序path', 128),
    },
  },
  stock_send_rule: {
    kind: 'object',
    label: '发放规则',
    required: true,
    fields: {
      max_coupons: whole('批次最大发放个数', 1, true),
      max_coupons_per_user: whole('用户最大可领个数', 1, true),
      natural_person_limit: { kind: 'flag', label: '是否开启自然人限制' },
      prevent_api_abuse: { kind: 'flag', label: '可疑账号拦截' },
    },
  },
  out_request_no: text('商户请求单号', 128, true),
  coupon_code_mode: {
    kind: 'choice',
    label: '券code模式',
    values: ['WECHATPAY_MODE', 'MERCHANT_API', 'MERCHANT_UPLOAD'],
    required: true,
  },
  notify_config: { kind: 'object', label: '事件通知配置', fields: { notify_appid: text('事件通知appid', 64) } },
};

export const SEND_FIELDS: Fields = {
  openid: text('用户标识', 128, true),
  appid: text('公众账号ID', 32, true),
  stock_id: text('批次号', 20, true),
  out_request_no: text('商户请求单号', 128, true),
  coupon_code: text('券code', 32),
};
export const USE_FIELDS: Fields = {
  coupon_code: text('券code', 32, true),
  stock_id: text('批次号', 20),
  appid: text('公众账号ID', 32, true),
  use_time: { kind: 'time', label: '请求核销时间', required: true },
  use_request_no: text('核销请求单据号', 32, true),
  openid: text('用户标识', 128),
  out_trade_no: text('商户订单号', 32),
};
export const RETURN_FIELDS: Fields = {
  coupon_code: text('券code', 32, true),
  stock_id: text('批次号', 20, true),
  return_request_no: text('退券请求单据号', 128, true),
};
export const DEACTIVATE_FIELDS: Fields = {
  coupon_code: text('券code', 32, true),
  stock_id: text('批次号', 20, true),
  deactivate_request_no: text('失效请求单据号', 128, true),
  deactivate_reason: text('失效原因', 64),
};
export const CALLBACK_FIELDS: Fields = {
  mchid: text('商户号', 15, true),
  notify_url: text('通知URL', 256, true),
};
