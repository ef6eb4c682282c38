/** What a checkout of goods that are not sent asks of the shopper: where and when, and what they agree to. */
import type { BookingChoice, CheckoutPreview, ConsentAsked, PlaceOrder } from '@xiaopu/contracts';
import { reactive } from 'vue';
import { toast } from '@/platform/toast';

type Line = CheckoutPreview['shops'][number]['lines'][number];

const idOf = ({ key, version }: Pick<ConsentAsked, 'key' | 'version'>): string => `${key} ${version}`;
export const isTicked = (ticked: Record<string, boolean>, consent: ConsentAsked): boolean =>
  ticked[idOf(consent)] === true;

export function useUnsent(preview: () => CheckoutPreview | undefined, refresh: () => Promise<void>) {
  const state = reactive({
    bookings: {} as Record<string, BookingChoice>,
    /** The service whose time is being chosen. */
    choosing: undefined as Line | undefined,
    /** By consent and version: nothing is ticked beforehand (C12-CON-02). */
    ticked: {} as Record<string, boolean>,
  });
  const services = (): Line[] =>
    (preview()?.shops ?? []).flatMap((shop) => shop.lines.filter(({ goods }) => goods === 'service'));

  return {
    state,
    async choose(choice: BookingChoice): Promise<void> {
      state.bookings[choice.skuId] = choice;
      state.choosing = undefined;
      await refresh();
    },
    tick(consent: ConsentAsked): void {
      state.ticked[idOf(consent)] = !isTicked(state.ticked, consent);
    },
    bookings(): Pick<PlaceOrder, 'bookings'> {
      const bookings = Object.values(state.bookings);
      return bookings.length === 0 ? {} : { bookings };
    },
    consents(): Pick<PlaceOrder, 'consents'> {
      const given = (preview()?.consents ?? []).filter((consent) => isTicked(state.ticked, consent));
      return given.length === 0 ? {} : { consents: given.map(({ key, version }) => ({ key, version })) };
    },
    /** Opens what is missing. */
    isBooked(): boolean {
      const missing = services().find(({ booking }) => !booking?.window || booking.window.isFull);
      state.choosing = missing;
      return missing === undefined;
    },
    isAgreed(): boolean {
      const missing = (preview()?.consents ?? []).find((consent) => !isTicked(state.ticked, consent));
      if (missing) toast('请先勾选购买须知');
      return missing === undefined;
    },
  };
}
