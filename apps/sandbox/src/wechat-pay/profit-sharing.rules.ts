import type { Fields, Rule } from './params.ts';

const NUMBER = /^[0-9A-Za-z_\-|*@]+$/;
const appid: Rule = { kind: 'text', label: '应用ID', max: 32, required: true };
const type: Rule = {
  kind: 'choice',
  label: '分账接收方类型',
  values: ['MERCHANT_ID', 'PERSONAL_OPENID'],
  required: true,
};
const account: Rule = { kind: 'text', label: '分账接收方账号', max: 64, required: true };
const name: Rule = { kind: 'text', label: '分账个人接收方姓名', max: 1024 };
const transactionId: Rule = { kind: 'text', label: '微信订单号', max: 32, required: true };
const outOrderNo: Rule = { kind: 'text', label: '商户分账单号', max: 64, pattern: NUMBER, required: true };
const amount: Rule = { kind: 'integer', label: '分账金额', min: 1, required: true };
const description: Rule = { kind: 'text', label: '分账描述', max: 80, required: true };

export const ADD_RECEIVER_FIELDS: Fields = {
  appid,
  type,
  account,
  name,
  relation_type: {
    kind: 'choice',
    label: '与分账方的关系类型',
    values: [
      'STORE',
      'STAFF',
      'STORE_OWNER',
      'PARTNER',
      'HEADQUARTER',
      'BRAND',
      'DISTRIBUTOR',
      'USER',
      'SUPPLIER',
      'SERVICE_PROVIDER',
      'CUSTOM',
    ],
    required: true,
  },
  custom_relation: { kind: 'text', label: '自定义的分账关系', max: 10 },
};
export const DELETE_RECEIVER_FIELDS: Fields = { appid, type, account };
export const SHARING_FIELDS: Fields = {
  appid,
  transaction_id: transactionId,
  out_order_no: outOrderNo,
  receivers: {
    kind: 'list',
    label: '分账接收方列表',
    max: 50,
    of: { kind: 'object', label: '分账接收方', fields: { type, account, name, amount, description } },
    required: true,
  },
  unfreeze_unsplit: { kind: 'flag', label: '是否解冻剩余未分资金', required: true },
};
export const UNFREEZE_FIELDS: Fields = { transaction_id: transactionId, out_order_no: outOrderNo, description };
export const RETURN_FIELDS: Fields = {
  order_id: { kind: 'text', label: '微信分账单号', max: 64 },
  out_order_no: { kind: 'text', label: '商户分账单号', max: 64, pattern: NUMBER },
  out_return_no: { kind: 'text', label: '商户回退单号', max: 64, pattern: NUMBER, required: true },
  return_mchid: { kind: 'text', label: '回退商户号', max: 32, required: true },
  amount: { ...amount, label: '回退金额' } as Rule,
  description: { ...description, label: '回退描述' } as Rule,
};
