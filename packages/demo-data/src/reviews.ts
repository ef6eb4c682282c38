import { level1KeyOf } from './catalogue/level-one.ts';
import { aspectsOf, reviewCopy } from './review-copy.ts';
import { idOf, type Random, randomOf } from './seeded.ts';
import type { DemoReview, DemoSku, DemoSpu } from './types.ts';

const TARGET = 620;
const surnames = [
  ...'林陈王李张刘杨黄赵周吴徐孙朱马胡郭何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万',
];
const words = [
  '小满',
  '南风',
  '阿柚',
  '豆包',
  '晚晚',
  '山茶',
  '木子',
  '可可',
  '七月',
  '青柠',
  '团子',
  '麦芽',
  '一一',
  '拾光',
  '橘猫',
  '北北',
];

/** Masked as a shop shows it: 林**, 小*, m***8. */
function nicknameOf(random: Random): string {
  const roll = random.next();
  if (roll < 0.5) return `${random.pick(surnames)}**`;
  if (roll < 0.8) return `${random.pick(words).slice(0, 1)}***${random.pick(words).slice(-1)}`;
  return `${String.fromCharCode(97 + random.integer(0, 25))}***${random.integer(0, 9)}`;
}

const ratingOf = (random: Random): number => {
  const roll = random.next();
  if (roll < 0.7) return 5;
  if (roll < 0.89) return 4;
  if (roll < 0.96) return 3;
  return roll < 0.985 ? 2 : 1;
};

function textOf(spu: DemoSpu, sku: DemoSku, rating: number, random: Random): string {
  const level1 = level1KeyOf(spu);
  const aspects = reviewCopy.aspects[aspectsOf[spu.look.family] ?? spu.look.family] ?? reviewCopy.aspects[level1] ?? [];
  const colour = sku.specs.颜色;
  const opening = random.pick(
    rating >= 4 ? reviewCopy.openings : rating === 3 ? reviewCopy.mildOpenings : reviewCopy.badOpenings,
  );
  const parts = [opening];
  if (rating >= 4) {
    const first = random.pick(aspects);
    parts.push(first);
    if (random.chance(0.55)) parts.push(random.pick(aspects.filter((aspect) => aspect !== first)));
    if (colour && random.chance(0.3)) parts.push(random.pick(reviewCopy.colour).replace('{colour}', colour));
    if (random.chance(0.45)) parts.push(random.pick(reviewCopy.service));
    if (rating === 4 && random.chance(0.7)) parts.push(random.pick(reviewCopy.smallFlaws));
    else if (random.chance(0.5)) parts.push(random.pick(reviewCopy.closings));
  } else {
    parts.push(random.pick(rating === 3 ? reviewCopy.mildFlaws : reviewCopy.badFlaws));
    if (random.chance(0.5)) parts.push(random.pick(reviewCopy.badClosings));
  }
  return parts.join(random.chance(0.15) ? ' ' : '').trim();
}

/** About 620 reviews over the best-selling part of the shop; no two texts of one product are equal. */
export function buildReviews(spus: DemoSpu[], now: number): DemoReview[] {
  const reviews: DemoReview[] = [];
  const total = spus.reduce((sum, spu) => sum + Math.sqrt(spu.salesCount), 0);
  for (const spu of spus) {
    const random = randomOf(`${spu.id}:reviews`);
    const share = (Math.sqrt(spu.salesCount) / total) * TARGET;
    const count = Math.floor(share + random.next());
    const seen = new Set<string>();
    const publishedAt = Date.parse(spu.publishedAt);
    for (let index = 0; index < count; index += 1) {
      const sku = random.pick(spu.skus);
      const rating = ratingOf(random);
      let text = textOf(spu, sku, rating, random);
      for (let attempt = 0; seen.has(text) && attempt < 8; attempt += 1) text = textOf(spu, sku, rating, random);
      if (seen.has(text)) continue;
      seen.add(text);
      const key = `${spu.spuCode}:${index}`;
      const photos = rating >= 4 && random.chance(0.28) ? random.integer(1, 3) : 0;
      reviews.push({
        id: idOf('review', key),
        spuId: spu.id,
        skuId: sku.id,
        nickname: nicknameOf(random),
        avatar: { key: `avatar/${random.integer(0, 39)}`, ratio: 1, alt: '头像' },
        rating,
        text,
        specText: Object.values(sku.specs).join(' '),
        pictures: Array.from({ length: photos }, (_, photo) => ({
          key: `${sku.picture.key.replace('/sku/', '/review/')}/${index}-${photo}`,
          ratio: 1,
          alt: '买家晒图',
        })),
        createdAt: new Date(publishedAt + (now - publishedAt) * random.between(0.1, 0.98)).toISOString(),
        reply:
          rating <= 2
            ? random.pick(reviewCopy.repliesToBad)
            : random.chance(0.12)
              ? random.pick(reviewCopy.replies)
              : null,
      });
    }
  }
  return reviews;
}
