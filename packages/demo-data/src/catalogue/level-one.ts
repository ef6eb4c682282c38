import { idOf } from '../seeded.ts';
import type { DemoSpu } from '../types.ts';
import { categoryTree } from './categories.ts';

const keyById = new Map(
  categoryTree.flatMap((parent) => parent.children.map((child) => [idOf('category', child.key), parent.key])),
);

export const level1KeyOf = (spu: Pick<DemoSpu, 'categoryId'>): string => keyById.get(spu.categoryId) ?? 'living';
