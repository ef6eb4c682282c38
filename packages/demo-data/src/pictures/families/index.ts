import type { Families, Family } from '../family.ts';
import { apparel } from './apparel.ts';
import { bedding } from './bedding.ts';
import { care } from './care.ts';
import { decor } from './decor.ts';
import { digital } from './digital.ts';
import { food } from './food.ts';
import { furniture } from './furniture.ts';
import { kitchen } from './kitchen.ts';
import { textiles } from './textiles.ts';

export const families: Families = { ...kitchen, ...bedding, ...textiles, ...furniture, ...decor, ...food, ...care, ...apparel, ...digital };

export function familyOf(name: string): Family {
  return families[name] ?? (families.mug as Family);
}
