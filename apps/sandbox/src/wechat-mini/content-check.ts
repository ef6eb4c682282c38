/** A toy of the real model: a few words per label, enough to see every branch of the shop's moderation. */
const WORDS: ReadonlyArray<readonly [word: string, label: number, suggest: 'risky' | 'review']> = [
  ['赌博', 20006, 'risky'],
  ['代开发票', 20006, 'risky'],
  ['办证', 20006, 'risky'],
  ['裸聊', 20002, 'risky'],
  ['色情', 20002, 'risky'],
  ['傻逼', 20003, 'risky'],
  ['去死', 20003, 'risky'],
  ['刷单返利', 20008, 'risky'],
  ['诈骗', 20008, 'risky'],
  ['加微信', 10001, 'review'],
  ['加V', 10001, 'review'],
  ['好评返现', 10001, 'review'],
];

export interface Verdict {
  suggest: 'pass' | 'review' | 'risky';
  label: number;
  keyword: string;
}

export function judgeText(content: string, forced: string): Verdict {
  if (forced !== 'auto')
    return { suggest: forced as Verdict['suggest'], label: forced === 'pass' ? 100 : 21000, keyword: '' };
  const hits = WORDS.filter(([word]) => content.includes(word));
  const worst = hits.find(([, , suggest]) => suggest === 'risky') ?? hits[0];
  return worst
    ? { suggest: worst[2], label: worst[1], keyword: worst[0] }
    : { suggest: 'pass', label: 100, keyword: '' };
}
