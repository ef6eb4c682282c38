import type { Families, Family } from '../family.ts';
import { apparel } from './apparel.ts';
import { baby } from './baby.ts';
import { babywear } from './babywear.ts';
import { bags } from './bags.ts';
import { bedding } from './bedding.ts';
import { blankets } from './blankets.ts';
import { cards } from './cards.ts';
import { care } from './care.ts';
import { decor } from './decor.ts';
import { desktop } from './desktop.ts';
import { digital } from './digital.ts';
import { food } from './food.ts';
import { furniture } from './furniture.ts';
import { harvest } from './harvest.ts';
import { kitchen } from './kitchen.ts';
import { kitchenTools } from './kitchen-tools.ts';
import { lamps } from './lamps.ts';
import { makeup } from './makeup.ts';
import { ornaments } from './ornaments.ts';
import { outdoor } from './outdoor.ts';
import { pantry } from './pantry.ts';
import { pet } from './pet.ts';
import { petcare } from './petcare.ts';
import { playthings } from './playthings.ts';
import { stationery } from './stationery.ts';
import { textiles } from './textiles.ts';
import { washing } from './washing.ts';
import { wearables } from './wearables.ts';

/** Every shape by the name the catalogue gives it. */
export const families: Families = {
  ...apparel,
  ...baby,
  ...bedding,
  ...care,
  ...cards,
  ...decor,
  ...digital,
  ...food,
  ...furniture,
  ...kitchen,
  ...outdoor,
  ...pet,
  ...stationery,
  ...textiles,
  ...harvest,
  ...washing,
  ...babywear,

  ...lamps,
  ...ornaments,
  ...pantry,
  ...makeup,
  ...desktop,
  ...petcare,
  ...kitchenTools,
  ...wearables,
  ...bags,
  ...playthings,
  ...blankets,
};

export function familyOf(name: string): Family {
  const family = families[name];
  if (!family) throw new Error(`no shape called ${name}`);
  return family;
}
