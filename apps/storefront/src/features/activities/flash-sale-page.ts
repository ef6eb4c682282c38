/** What the page of one sale knows and does: numbers while one looks, a place taken once, the line, the way to checkout. */
import type { FlashPlace, FlashSale } from '@xiaopu/contracts';
import { computed, reactive } from 'vue';
import { newIdempotencyKey } from '@/features/payment/place-and-pay';
import { ensureMember } from '@/features/session/login';
import { addToCalendar } from '@/platform/calendar';
import { errorCode, isPassing } from '@/platform/errors';
import { tapFeedback } from '@/platform/haptics';
import { api } from '@/platform/request';
import { serverNow } from '@/platform/server-clock';
import { isMember } from '@/platform/session';
import { storage } from '@/platform/storage';
import { toast, toastError } from '@/platform/toast';
import { useLoad } from '@/shared/lib/loading';
import { go, routes } from '@/shared/lib/routes';
import { stateAt } from './activity-texts';

const numbersMs = 5_000;
const tickMs = 500;
/** Refusals that the page itself explains and that end the attempt. */
const endings: Record<string, string> = {
  'flash_sale.sold_out': '手慢了，刚刚被抢光。有人放弃时会再开放，可以稍后再试。',
  'flash_sale.over_limit': '你已经买到这场的限购数量了。',
  'flash_sale.over': '这场秒杀已经结束了。',
  'flash_sale.members_only': '这场是会员专享，你的等级还没到，去会员中心看看怎么升级。',
  'flash_sale.place_over': '保留时间过了，位置已让给别人，可以重新抢购。',
  'flash_sale.place_not_found': '没有抢到，可以再试一次。',
};

interface Kept {
  placeId: string;
}

export function useFlashSale() {
  const page = reactive({
    saleId: '',
    /** Whose share brought the shopper here; kept with the place. */
    from: '',
    now: serverNow(),
    place: undefined as FlashPlace | undefined,
    busy: false,
    notice: '',
    reminded: false,
  });
  const { state, load } = useLoad<FlashSale>(() => api.flashSales.get(page.saleId));
  const sale = computed(() => state.data);
  const phase = computed(() => (sale.value ? stateAt(sale.value, page.now) : 'ended'));
  let numbers: ReturnType<typeof setInterval> | undefined;
  let polling: ReturnType<typeof setTimeout> | undefined;
  let attemptKey = '';
  const keptName = () => `flash-place:${page.saleId}`;

  async function open(saleId: string, from = ''): Promise<void> {
    page.saleId = saleId;
    page.from = /^[0-9a-f-]{36}$/.test(from) ? from : '';
    await load();
    // A place survives leaving the page: it is asked for again by its id.
    const kept = storage.read<Kept>(keptName());
    if (kept && isMember.value) await look(kept.placeId).catch(() => undefined);
  }

  async function refresh(): Promise<void> {
    page.now = serverNow();
    await load().catch(toastError);
    if (page.place) await look(page.place.placeId).catch(() => undefined);
    page.now = serverNow();
  }

  function watchNumbers(): void {
    clearInterval(numbers);
    let ticks = 0;
    numbers = setInterval(() => {
      page.now = serverNow();
      ticks += 1;
      if (ticks % (numbersMs / tickMs) === 0 && phase.value !== 'ended') void load().catch(() => undefined);
    }, tickMs);
    if (page.place) void refresh();
  }
  function stop(): void {
    clearInterval(numbers);
    clearTimeout(polling);
  }

  function settle(place: FlashPlace): void {
    page.place = place;
    clearTimeout(polling);
    if (place.status === 'waiting') {
      polling = setTimeout(() => void look(place.placeId).catch(refused), place.pollAfterMs ?? 1_000);
      return;
    }
    if (place.status === 'held') {
      page.notice = '';
      storage.write(keptName(), { placeId: place.placeId } satisfies Kept);
    } else {
      attemptKey = '';
      storage.remove(keptName());
      if (place.status === 'over') page.notice = endings['flash_sale.place_over'] ?? '';
    }
  }
  async function look(placeId: string): Promise<void> {
    settle(await api.flashSales.place(page.saleId, placeId));
  }
  function refused(error: unknown): void {
    const text = endings[errorCode(error)];
    // A lost reply may have taken the place: the next press asks with the same key.
    if (!isPassing(error)) attemptKey = '';
    page.place = undefined;
    if (text === undefined) toastError(error);
    else page.notice = text;
    void load().catch(() => undefined);
  }

  async function take(): Promise<void> {
    if (page.busy) return;
    page.busy = true;
    page.notice = '';
    try {
      if (!isMember.value && !(await ensureMember())) return;
      if (attemptKey === '') attemptKey = newIdempotencyKey();
      const place = await api.flashSales.take(
        page.saleId,
        { quantity: 1, ...(page.from === '' ? {} : { from: page.from }) },
        attemptKey,
      );
      tapFeedback('medium');
      settle(place);
      if (place.status === 'held') toCheckout();
    } catch (error) {
      refused(error);
    } finally {
      page.busy = false;
    }
  }

  async function giveUp(): Promise<void> {
    if (!page.place) return;
    try {
      await api.flashSales.giveUp(page.saleId, page.place.placeId);
      page.place = undefined;
      attemptKey = '';
      storage.remove(keptName());
      toast('已放弃，位置让给别人');
      await load();
    } catch (error) {
      toastError(error);
    }
  }

  function toCheckout(): void {
    if (!page.place || !sale.value) return;
    go(
      routes.checkout({
        skuId: sale.value.skuId,
        quantity: String(page.place.quantity),
        entryKind: 'flash',
        entryId: page.place.placeId,
        ...(page.place.until ? { until: page.place.until } : {}),
      }),
    );
  }

  /** An entry in the phone's own calendar: it rings even when the shop is not open, and needs no message quota. */
  async function remind(): Promise<void> {
    if (!sale.value) return;
    const { title, startsAt, endsAt } = sale.value;
    page.reminded = await addToCalendar({ title: `小铺秒杀：${title}`, startsAt, endsAt });
    toast(page.reminded ? '已写入日历，开抢前 5 分钟提醒' : '没有写入日历，可以稍后再试');
  }

  return { page, state, sale, phase, open, refresh, take, giveUp, toCheckout, watchNumbers, remind, stop };
}
