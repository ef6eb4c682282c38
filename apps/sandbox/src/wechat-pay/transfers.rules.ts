import { invalidRequest, parameterError } from './errors.ts';
import type { Fields } from './params.ts';

export const TRANSFER_FIELDS: Fields = {
  appid: { kind: 'text', label: '商户AppID', max: 32, required: true },
  out_bill_no: { kind: 'text', label: '商户单号', max: 32, pattern: /^[0-9A-Za-z]+$/, required: true },
  transfer_scene_id: { kind: 'text', label: '转账场景ID', max: 36, required: true },
  openid: { kind: 'text', label: '收款用户OpenID', max: 64, required: true },
  user_name: { kind: 'text', label: '收款用户姓名', max: 1024 },
  transfer_amount: { kind: 'integer', label: '转账金额', min: 1, required: true },
  transfer_remark: { kind: 'text', label: '转账备注', max: 32, required: true },
  notify_url: { kind: 'text', label: '通知地址', max: 256 },
  user_recv_perception: { kind: 'text', label: '用户收款感知', max: 32 },
  transfer_scene_report_infos: {
    kind: 'list',
    label: '转账场景报备信息',
    of: {
      kind: 'object',
      label: '报备信息',
      fields: {
        info_type: { kind: 'text', label: '信息类型', max: 15, required: true },
        info_content: { kind: 'text', label: '信息内容', max: 32, required: true },
      },
    },
    required: true,
  },
  user_recv_style: {
    kind: 'object',
    label: '用户收款样式',
    fields: { type: { kind: 'choice', label: '样式', values: ['CONFIRM_PAGE', 'RED_PACKET'], required: true } },
  },
};

/** What each scene must report and may show. Scenes without an entry are checked for form only. */
const SCENES: Record<string, { reports: readonly string[]; perceptions: readonly string[] }> = {
  '1000': { reports: ['活动名称', '奖励说明'], perceptions: ['活动奖励', '现金奖励'] },
  '1005': { reports: ['岗位类型', '报酬说明'], perceptions: ['劳务报酬', '报销款', '企业补贴', '开工利是'] },
};

export const NAME_NEEDED_FROM = 200_000;
const NAME_ALLOWED_FROM = 30;

export interface TransferRequest {
  appid: string;
  out_bill_no: string;
  transfer_scene_id: string;
  openid: string;
  user_name?: string;
  transfer_amount: number;
  transfer_remark: string;
  notify_url?: string;
  user_recv_perception?: string;
  transfer_scene_report_infos: { info_type: string; info_content: string }[];
}

/** What holds beyond the form of single fields. */
export function checkTransfer(request: TransferRequest, grantedScenes: string, singleLimit: number): void {
  const { transfer_scene_id: sceneId, transfer_amount: amount, user_name: name } = request;
  if (!grantedScenes.split(',').includes(sceneId)) throw invalidRequest('你尚未获取该转账场景，请先在商户平台申请');
  const scene = SCENES[sceneId];
  const reported = request.transfer_scene_report_infos.map(({ info_type }) => info_type).sort();
  if (scene && reported.join() !== [...scene.reports].sort().join())
    throw parameterError(`转账场景报备信息不正确，该场景须且仅须填写：${scene.reports.join('、')}`);
  if (request.user_recv_perception && scene && !scene.perceptions.includes(request.user_recv_perception))
    throw invalidRequest('暂不支持展示当前传入的用户收款感知');
  if (amount > singleLimit) throw invalidRequest('转账金额超过该场景的单笔限额');
  if (amount >= NAME_NEEDED_FROM && name === undefined)
    throw parameterError('转账金额大于等于2000元时，收款用户姓名必填');
  if (amount < NAME_ALLOWED_FROM && name !== undefined)
    throw parameterError('转账金额小于0.3元时，不允许填写收款用户姓名');
}
