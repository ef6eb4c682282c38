/** Fields of the consumer-complaint calls, in WeChat's own words. */
import type { Fields, Rule } from './params.ts';

const mchid: Rule = { kind: 'text', label: '被诉商户号', max: 64, required: true };
const images: Rule = {
  kind: 'list',
  label: '图片',
  max: 4,
  of: { kind: 'text', label: '图片', max: 512, required: true },
};

export const COMPLAINT_RESPONSE_FIELDS: Fields = {
  complainted_mchid: mchid,
  response_content: { kind: 'text', label: '回复内容', max: 200, required: true },
  response_images: images,
  jump_url: { kind: 'text', label: '跳转链接', max: 512 },
  jump_url_text: { kind: 'text', label: '跳转链接文案', max: 10 },
};
export const COMPLAINT_COMPLETE_FIELDS: Fields = { complainted_mchid: mchid };
export const COMPLAINT_NOTIFY_FIELDS: Fields = {
  url: { kind: 'text', label: '通知地址', max: 256, required: true },
};
export const PROBLEM_TYPES = ['REFUND', 'SERVICE_NOT_WORK', 'OTHERS'] as const;
