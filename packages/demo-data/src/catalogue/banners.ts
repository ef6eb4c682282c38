import { idOf } from '../seeded.ts';
import type { DemoBanner, DemoSpu } from '../types.ts';
import { litemallHotWords } from './litemall.ts';

const banner = (
  key: string,
  title: string,
  subtitle: string,
  ink: DemoBanner['ink'],
  link: DemoBanner['link'],
): DemoBanner => ({
  id: idOf('banner', key),
  key,
  title,
  subtitle,
  ink,
  picture: { key: `banner/${key}`, ratio: 16 / 7, alt: `${title}，${subtitle}` },
  link,
});

const toCategory = (key: string): DemoBanner['link'] => ({ kind: 'category', categoryId: idOf('category', key) });

export function buildBanners(spus: DemoSpu[]): DemoBanner[] {
  const toProduct = (title: string): DemoBanner['link'] => {
    const spu = spus.find((candidate) => candidate.title === title);
    if (!spu) throw new Error(`banner points at no product: ${title}`);
    return { kind: 'product', spuId: spu.id };
  };
  return [
    banner('winter-bed', '暖冬被窝计划', '羽绒被与羊毛毯，今晚睡个好觉', 'dark', toCategory('bedding')),
    banner('slow-kitchen', '小火慢炖的周末', '珐琅锅新色到店', 'dark', toCategory('kitchen')),
    banner('tea-time', '一席茶点', '明前龙井与手作糕点', 'light', toCategory('food')),
    banner('desk-tidy', '书桌焕新季', '键盘、台灯与一本新手账', 'dark', toCategory('digital')),
    banner('go-outside', '去有风的地方', '三十秒撑开的周末营地', 'light', toProduct('速开遮阳帐篷')),
  ];
}

/** Words of the public set that our goods can answer, then our own. */
export const hotWords = (): string[] => [
  ...litemallHotWords().filter((word) => ['日式', '夏凉被', '墨镜', '单鞋'].includes(word)),
  '四件套',
  '羽绒被',
  '珐琅锅',
  '保温杯',
  '真无线耳机',
  '登机箱',
  '绿茶蛋黄酥',
  '猫抓板',
  '手账本',
  '瑜伽垫',
];
