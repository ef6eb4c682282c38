/**
 * A page of an activity as a distributor's link: who lands on it by somebody's link is noticed, and who distributes for its shop
 * shares it under their own code. Prices are the activity's own; the code only says whose customer this is (C03-SCN-01).
 */
import { type Ref, ref, watch } from 'vue';
import { linkCode, noteVisit, ownCode } from './referral';

/** @param shopId of what the page shows, once it is known */
export function useOwnLink(shopId: () => string | undefined): {
  code: Ref<string | undefined>;
  landed(query: Record<string, string | undefined> | undefined): void;
} {
  const code = ref<string>();
  watch(
    shopId,
    async (shop) => {
      code.value = shop === undefined ? undefined : await ownCode(shop);
    },
    { immediate: true },
  );
  return {
    code,
    landed(query) {
      const theirs = linkCode(query);
      if (theirs !== undefined) void noteVisit(theirs);
    },
  };
}
