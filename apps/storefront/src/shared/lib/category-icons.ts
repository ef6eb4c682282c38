import type { IconName } from '@/shared/icons/strokes';

/** What a category may wear. Named here, not read from the stroke list, which would travel along at runtime. */
const known: readonly IconName[] = [
  'apple', 'baby', 'bag', 'ball', 'bed', 'book', 'bottle', 'bowl', 'cake', 'car', 'cup', 'dress', 'flower', 'fridge',
  'gift', 'headphones', 'lamp', 'laptop', 'leaf', 'lipstick', 'paw', 'pen', 'phone', 'pill', 'pot', 'ring', 'shirt',
  'shoe', 'snack', 'sofa', 'stroller', 'suitcase', 'tent', 'tool', 'toy', 'tv', 'watch',
];

export const iconOf = (key: string): IconName => known.find((name) => name === key) ?? 'grid';
