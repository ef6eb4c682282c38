import type { ReasonTag } from '@xiaopu/contracts';

export interface TagText {
  text: string;
  tone: 'brand' | 'solid' | 'gold' | 'success' | 'warning' | 'plain';
}

const texts: Record<ReasonTag, TagText> = {
  hot: { text: '热销', tone: 'brand' },
  new: { text: '新品', tone: 'success' },
  scarce: { text: '紧缺', tone: 'warning' },
};

export const tagTexts = (tags: readonly ReasonTag[]): TagText[] => tags.map((tag) => texts[tag]);
