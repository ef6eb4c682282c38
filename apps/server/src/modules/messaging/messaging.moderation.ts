/** Text moderation by WeChat's msg_sec_check. What it cannot answer waits for people: nothing passes by silence. */
import type { Executor } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { WechatApi } from '#platform/wechat-api.ts';

export type TextScene = 'profile' | 'comment' | 'forum' | 'social';
export interface TextVerdict {
  verdict: 'pass' | 'held' | 'rejected';
  /** Why, for the people who decide; '' on pass. */
  reason: string;
}
export type ModerateText = (
  db: Executor,
  text: { buyerId: string; text: string; scene: TextScene },
) => Promise<TextVerdict>;

export interface ModerationDeps {
  api: WechatApi;
  openidOf: (db: Executor, buyerId: string, app: 'mini') => Promise<string | undefined>;
  log: Logger;
}

const path = '/wxa/msg_sec_check';
const maxCharacters = 2_500;
const scenes: Record<TextScene, number> = { profile: 1, comment: 2, forum: 3, social: 4 };
const labels: Record<number, string> = {
  10001: '广告',
  20001: '时政',
  20002: '色情',
  20003: '辱骂',
  20006: '违法犯罪',
  20008: '欺诈',
  20012: '低俗',
  20013: '版权',
  21000: '其他',
};

/** Give it the pool, not a transaction: it calls WeChat. */
export function createModerateText({ api, openidOf, log }: ModerationDeps): ModerateText {
  return async (db, { buyerId, text, scene }) => {
    const held = (reason: string): TextVerdict => ({ verdict: 'held', reason });
    const openid = await openidOf(db, buyerId, 'mini');
    if (openid === undefined) return held('没有小程序身份，无法自动审核');
    const content = [...text].slice(0, maxCharacters).join('');
    const reply = await api.post(path, { content, version: 2, scene: scenes[scene], openid });
    if (reply.kind !== 'ok') {
      log.warn({ reason: reply.message }, 'text moderation did not answer, held for people');
      return held('微信审核没有应答');
    }
    const { suggest, label } = (reply.body.result ?? {}) as { suggest?: string; label?: number };
    const named = labels[label ?? 0] ?? '未分类';
    if (suggest === 'pass') return { verdict: 'pass', reason: '' };
    if (suggest === 'risky') return { verdict: 'rejected', reason: named };
    return held(named);
  };
}
