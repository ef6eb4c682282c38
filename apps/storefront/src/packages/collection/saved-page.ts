/** What the pages of kept products share: a paged list that loads with the page, pulls and reaches; pages only draw its rows. */
import { onLoad, onPullDownRefresh, onReachBottom } from '@dcloudio/uni-app';
import { useQuickBuy } from '@/features/quick-buy/quick-buy';
import { toastError } from '@/platform/toast';
import { type CursorPageOf, usePaged } from '@/shared/lib/loading';

export function useSavedPage<T>(fetch: (query: { limit: number; cursor?: string }) => Promise<CursorPageOf<T>>) {
  const { state, reload, more } = usePaged<T>((cursor) =>
    fetch({ limit: 20, ...(cursor === undefined ? {} : { cursor }) }),
  );
  onLoad(() => void reload());
  onPullDownRefresh(async () => {
    try {
      if (!(await reload({ keep: true }))) toastError(state.error);
    } finally {
      uni.stopPullDownRefresh();
    }
  });
  onReachBottom(() => void more());
  return { state, reload, more, quickBuy: useQuickBuy() };
}
