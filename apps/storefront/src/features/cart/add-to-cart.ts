import { noteAct } from '@/features/events/acts';
import { tapFeedback } from '@/platform/haptics';
import { api } from '@/platform/request';
import { noteCart } from './badge';

/** Puts a SKU into the cart; one light vibration when done (C05-UI-08). */
export async function addToCart(skuId: string, quantity: number, spuId: string): Promise<void> {
  noteCart(await api.cart.add({ skuId, quantity }));
  noteAct({ kind: 'cart', spuId, quantity });
  tapFeedback('light');
}
