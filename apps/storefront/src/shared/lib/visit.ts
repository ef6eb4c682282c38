/** What a list already knows of a product, so that its page opens with picture, title and price instead of grey. */
import type { ProductCard } from '@xiaopu/contracts';

const known = new Map<string, ProductCard>();
const kept = 60;

export function rememberCard(card: ProductCard): void {
  known.delete(card.spuId);
  known.set(card.spuId, card);
  if (known.size > kept) known.delete(known.keys().next().value as string);
}
export const rememberedCard = (spuId: string): ProductCard | undefined => known.get(spuId);
export const forgetPrefetch = (): void => known.clear();
