import type { Families, Family } from '../family.ts';
import { bedding } from './bedding.ts';
import { decor } from './decor.ts';
import { furniture } from './furniture.ts';
import { kitchen } from './kitchen.ts';
import { textiles } from './textiles.ts';

export const families: Families = { ...kitchen, ...bedding, ...textiles, ...furniture, ...decor };

export function familyOf(name: string): Family {
  return families[name] ?? (families.mug as Family);
}
