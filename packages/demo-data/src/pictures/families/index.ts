import type { Families, Family } from '../family.ts';
import { apparel } from './apparel.ts';
import { baby } from './baby.ts';
import { bedding } from './bedding.ts';
import { care } from './care.ts';
import { decor } from './decor.ts';
import { digital } from './digital.ts';
import { food } from './food.ts';
import { furniture } from './furniture.ts';
import { kitchen } from './kitchen.ts';
import { outdoor } from './outdoor.ts';
import { pet } from './pet.ts';
import { stationery } from './stationery.ts';
import { textiles } from './textiles.ts';

/** Every shape by the name the catalogue gives it. */
export const families: Families = {
  ...apparel, ...baby, ...bedding, ...care, ...decor, ...digital, ...food, ...furniture, ...kitchen, ...outdoor, ...pet, ...stationery, ...textiles,
};

export function familyOf(name: string): Family {
  const family = families[name];
  if (!family) throw new Error(`no shape called ${name}`);
  return family;
}
