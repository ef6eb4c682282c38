import type { Fields, Rule } from './params.ts';

const appid: Rule = { kind: 'text', label: '公众账号ID', max: 32, required: true };
const mchid: Rule = { kind: 'text', label: '直连商户号', max: 32, required: true };
const currency: Rule = { kind: 'choice', label: '货币类型', values: ['CNY'] };
export const OUT_TRADE_NO = /^[0-9A-Za-z_\-|*]+$/;

const goodsDetail: Rule = {
  kind: 'list',
  label: '单品列表',
  of: {
    kind: 'object',
    label: '单品',
    fields: {
      merchant_goods_id: { kind: 'text', label: '商户侧商品编码', max: 32, required: true },
      wechatpay_goods_id: { kind: 'text', label: '微信支付商品编码', max: 32 },
      goods_name: { kind: 'text', label: '商品名称', max: 256 },
      quantity: { kind: 'integer', label: '商品数量', min: 1, required: true },
      unit_price: { kind: 'integer', label: '商品单价', min: 0, required: true },
    },
  },
};

const sceneFields: Fields = {
  payer_client_ip: { kind: 'text', label: '用户终端IP', max: 45, required: true },
  device_id: { kind: 'text', label: '商户端设备号', max: 32 },
  store_info: {
    kind: 'object',
    label: '商户门店信息',
    fields: {
      id: { kind: 'text', label: '门店编号', max: 32, required: true },
      name: { kind: 'text', label: '门店名称', max: 256 },
      area_code: { kind: 'text', label: '地区编码', max: 32 },
      address: { kind: 'text', label: '详细地址', max: 512 },
    },
  },
};

const commonOrder: Fields = {
  appid,
  mchid,
  description: { kind: 'text', label: '商品描述', max: 127, required: true },
  out_trade_no: { kind: 'text', label: '商户订单号', min: 6, max: 32, pattern: OUT_TRADE_NO, required: true },
  time_expire: { kind: 'time', label: '交易结束时间' },
  attach: { kind: 'text', label: '商户数据包', max: 128 },
  notify_url: { kind: 'text', label: '通知地址', max: 255, required: true },
  goods_tag: { kind: 'text', label: '订单优惠标记', max: 32 },
  support_fapiao: { kind: 'flag', label: '电子发票入口开放标识' },
  limit_pay: {
    kind: 'list',
    label: '指定支付方式',
    of: { kind: 'choice', label: '指定支付方式', values: ['no_balance', 'no_credit', 'no_debit', 'balance_only'] },
  },
  amount: {
    kind: 'object',
    label: '订单金额',
    fields: { total: { kind: 'integer', label: '总金额', min: 1, required: true }, currency },
    required: true,
  },
  detail: {
    kind: 'object',
    label: '优惠功能',
    fields: {
      cost_price: { kind: 'integer', label: '订单原价', min: 0 },
      invoice_id: { kind: 'text', label: '商品小票ID', max: 32 },
      goods_detail: goodsDetail,
    },
  },
  settle_info: {
    kind: 'object',
    label: '结算信息',
    fields: { profit_sharing: { kind: 'flag', label: '是否指定分账' } },
  },
};

const h5Scene: Fields = {
  ...sceneFields,
  h5_info: {
    kind: 'object',
    label: 'H5场景信息',
    fields: {
      type: { kind: 'choice', label: '场景类型', values: ['Wap', 'iOS', 'Android'], required: true },
      app_name: { kind: 'text', label: '应用名称', max: 64 },
      app_url: { kind: 'text', label: '网站URL', max: 128 },
      bundle_id: { kind: 'text', label: 'iOS平台BundleID', max: 128 },
      package_name: { kind: 'text', label: 'Android平台PackageName', max: 128 },
    },
    required: true,
  },
};

export const ORDER_FIELDS: Record<'JSAPI' | 'NATIVE' | 'MWEB', Fields> = {
  JSAPI: {
    ...commonOrder,
    payer: {
      kind: 'object',
      label: '支付者',
      fields: { openid: { kind: 'text', label: '用户标识', max: 128, required: true } },
      required: true,
    },
    scene_info: { kind: 'object', label: '场景信息', fields: sceneFields },
  },
  NATIVE: { ...commonOrder, scene_info: { kind: 'object', label: '场景信息', fields: sceneFields } },
  MWEB: { ...commonOrder, scene_info: { kind: 'object', label: '场景信息', fields: h5Scene, required: true } },
};

const subOrder: Fields = {
  mchid: { ...mchid, label: '子单商户号' } as Rule,
  sub_mchid: { kind: 'text', label: '二级商户号', max: 32 },
  out_trade_no: { kind: 'text', label: '子单商户订单号', min: 6, max: 32, pattern: OUT_TRADE_NO, required: true },
  amount: {
    kind: 'object',
    label: '订单金额',
    fields: {
      total_amount: { kind: 'integer', label: '标价金额', min: 1, required: true },
      currency: { ...currency, required: true } as Rule,
    },
    required: true,
  },
  attach: { kind: 'text', label: '附加数据', max: 128, required: true },
  description: { kind: 'text', label: '商品描述', max: 127, required: true },
  detail: { kind: 'text', label: '商品详情', max: 6000 },
  goods_tag: { kind: 'text', label: '订单优惠标记', max: 32 },
  settle_info: {
    kind: 'object',
    label: '结算信息',
    fields: {
      profit_sharing: { kind: 'flag', label: '是否指定分账' },
      subsidy_amount: { kind: 'integer', label: '补差金额', min: 0 },
    },
  },
};
const combined: Fields = {
  combine_appid: { ...appid, label: '合单商户appid' } as Rule,
  combine_mchid: { ...mchid, label: '合单商户号' } as Rule,
  combine_out_trade_no: {
    kind: 'text',
    label: '合单商户订单号',
    min: 6,
    max: 32,
    pattern: OUT_TRADE_NO,
    required: true,
  },
  sub_orders: {
    kind: 'list',
    label: '子单信息',
    of: { kind: 'object', label: '子单', fields: subOrder },
    max: 50,
    required: true,
  },
  scene_info: { kind: 'object', label: '场景信息', fields: sceneFields },
  time_start: { kind: 'time', label: '交易起始时间' },
  time_expire: { kind: 'time', label: '交易结束时间' },
  notify_url: { kind: 'text', label: '通知地址', max: 255, required: true },
};
/** Field tables of the direct merchant's pages (A8) with the service provider's sub_mchid, which is unverified. */
export const COMBINE_FIELDS: Record<'JSAPI' | 'NATIVE' | 'MWEB', Fields> = {
  JSAPI: {
    ...combined,
    combine_payer_info: {
      kind: 'object',
      label: '支付者',
      fields: { openid: { kind: 'text', label: '用户标识', max: 128, required: true } },
      required: true,
    },
  },
  NATIVE: combined,
  MWEB: { ...combined, scene_info: { kind: 'object', label: '场景信息', fields: h5Scene, required: true } },
};
export const COMBINE_CLOSE_FIELDS: Fields = {
  combine_appid: { ...appid, label: '合单商户appid' } as Rule,
  sub_orders: {
    kind: 'list',
    label: '子单信息',
    of: {
      kind: 'object',
      label: '子单',
      fields: {
        mchid: { ...mchid, label: '子单商户号' } as Rule,
        sub_mchid: { kind: 'text', label: '二级商户号', max: 32 },
        out_trade_no: { kind: 'text', label: '子单商户订单号', max: 32, pattern: OUT_TRADE_NO, required: true },
      },
    },
    required: true,
  },
};

export const CLOSE_FIELDS: Fields = { mchid };

export const REFUND_FIELDS: Fields = {
  transaction_id: { kind: 'text', label: '微信支付订单号', max: 32 },
  out_trade_no: { kind: 'text', label: '商户订单号', max: 32, pattern: OUT_TRADE_NO },
  sub_mchid: { kind: 'text', label: '二级商户号', max: 32 },
  out_refund_no: { kind: 'text', label: '商户退款单号', max: 64, pattern: /^[0-9A-Za-z_\-|*@]+$/, required: true },
  reason: { kind: 'text', label: '退款原因', max: 80 },
  notify_url: { kind: 'text', label: '退款结果回调url', max: 256 },
  funds_account: { kind: 'choice', label: '退款资金来源', values: ['AVAILABLE', 'UNSETTLED'] },
  amount: {
    kind: 'object',
    label: '金额信息',
    fields: {
      refund: { kind: 'integer', label: '退款金额', min: 1, required: true },
      total: { kind: 'integer', label: '原订单金额', min: 1, required: true },
      currency: { ...currency, required: true },
      from: {
        kind: 'list',
        label: '退款出资账户及金额',
        of: {
          kind: 'object',
          label: '出资账户',
          fields: {
            account: { kind: 'choice', label: '出资账户类型', values: ['AVAILABLE', 'UNAVAILABLE'], required: true },
            amount: { kind: 'integer', label: '出资金额', min: 1, required: true },
          },
        },
      },
    },
    required: true,
  },
  goods_detail: {
    kind: 'list',
    label: '退款商品',
    of: {
      kind: 'object',
      label: '退款商品',
      fields: {
        merchant_goods_id: { kind: 'text', label: '商户侧商品编码', max: 32, required: true },
        wechatpay_goods_id: { kind: 'text', label: '微信支付商品编码', max: 32 },
        goods_name: { kind: 'text', label: '商品名称', max: 256 },
        unit_price: { kind: 'integer', label: '商品单价', min: 0, required: true },
        refund_amount: { kind: 'integer', label: '商品退款金额', min: 0, required: true },
        refund_quantity: { kind: 'integer', label: '商品退货数量', min: 1, required: true },
      },
    },
  },
};
