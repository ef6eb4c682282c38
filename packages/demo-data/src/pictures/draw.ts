import type { DemoCatalogue, DemoSpu } from '../types.ts';
import { drawBanner } from './banner.ts';
import { drawAvatar, drawCategory, drawReviewPhoto, drawShopLogo, drawStore } from './house.ts';
import { drawProductPicture } from './product.ts';

/** The SVG of any picture key of the catalogue; each call draws anew, always the same. */
export function drawPicture(catalogue: DemoCatalogue, key: string): string {
  const [kind, name, view, detail, extra] = key.split('/') as [
    string,
    string,
    string,
    string | undefined,
    string | undefined,
  ];
  switch (kind) {
    case 'spu': {
      const spu = spuOf(catalogue, name);
      if (view === 'review') return drawReviewPhoto({ spu, colour: detail, shot: extra ?? '0-0' });
      return drawProductPicture({ spu, view: view === 'sku' ? 'front' : view, colour: detail });
    }
    case 'category':
      return drawCategory(name);
    case 'banner':
      return drawBanner(name);
    case 'shop':
      return view === 'logo' ? drawShopLogo(name) : drawBanner(name);
    case 'store':
      return drawStore(name);
    case 'avatar':
      return drawAvatar(Number(name));
    default:
      throw new Error(`no picture called ${key}`);
  }
}

const indexes = new WeakMap<DemoCatalogue, Map<string, DemoSpu>>();

function spuOf(catalogue: DemoCatalogue, name: string): DemoSpu {
  let index = indexes.get(catalogue);
  if (!index) {
    index = new Map(catalogue.spus.map((spu) => [(spu.pictures[0]?.key ?? '').split('/')[1] ?? '', spu]));
    indexes.set(catalogue, index);
  }
  const spu = index.get(name);
  if (!spu) throw new Error(`no product called ${name}`);
  return spu;
}
