/** What the cart page knows and does. Changes show at once; the server's reply replaces them, a refusal takes them back. */
import type { Cart, CartLine, ProductDetail } from '@xiaopu/contracts';
import { computed, reactive } from 'vue';
import type { SkuPick } from '@/features/product/SkuSheet.vue';
import { tapFeedback } from '@/platform/haptics';
import { api } from '@/platform/request';
import { sessionKeeper } from '@/platform/session';
import { confirmDialog, toast, toastError } from '@/platform/toast';
import { useLoad } from '@/shared/lib/loading';
import { noteCart } from './badge';
import { allTicked, isOrderable, withoutLines, withQuantity, withSelection } from './cart-changes';

export const emptyCart: Cart = {
  groups: [],
  invalidLines: [],
  lineCount: 0,
  unitCount: 0,
  selectedUnitCount: 0,
  selectedListTotal: 0,
  selectedTotal: 0,
  progress: [],
};
/** Quick taps on the stepper travel as one request. */
const quietMs = 350;

export function useCartPage() {
  // A newcomer without a session has an empty cart; asking would only open one.
  const { state, load } = useLoad<Cart>(() =>
    sessionKeeper.token() === undefined ? Promise.resolve(emptyCart) : api.cart.get(),
  );
  const page = reactive({
    editing: false,
    marked: [] as string[],
    openLineId: '',
    skuLine: undefined as CartLine | undefined,
  });
  const sku = reactive({ open: false, busy: false, product: undefined as ProductDetail | undefined });
  const cart = computed<Cart>(() => state.data ?? emptyCart);
  const lines = computed(() => cart.value.groups.flatMap((group) => group.lines));
  const isAllTicked = computed(() =>
    page.editing
      ? lines.value.length > 0 && lines.value.every((line) => page.marked.includes(line.lineId))
      : allTicked(lines.value),
  );

  let confirmed: Cart = emptyCart;
  let queue: Promise<unknown> = Promise.resolve();
  let turn = 0;

  function take(reply: Cart): void {
    confirmed = reply;
    state.data = reply;
    noteCart(reply);
  }

  async function reload(): Promise<void> {
    turn++;
    await load();
    if (state.data !== undefined) take(state.data);
  }

  /** One after the other, so that replies come in the order of the taps. */
  async function change(preview: (cart: Cart) => Cart, call: () => Promise<Cart>): Promise<boolean> {
    const mine = ++turn;
    state.data = preview(cart.value);
    noteCart(state.data);
    const reply = queue.then(call);
    queue = reply.catch(() => undefined);
    try {
      const fresh = await reply;
      confirmed = fresh;
      if (mine === turn) take(fresh);
      return true;
    } catch (error) {
      take(confirmed);
      toastError(error);
      return false;
    }
  }

  const waiting = new Map<string, { quantity: number; timer: ReturnType<typeof setTimeout> }>();
  function setQuantity(line: CartLine, quantity: number): void {
    const before = waiting.get(line.lineId);
    if (before !== undefined) clearTimeout(before.timer);
    turn++; // an earlier reply must not jump the figure back
    state.data = withQuantity(cart.value, line.lineId, quantity);
    noteCart(state.data);
    waiting.set(line.lineId, { quantity, timer: setTimeout(() => void sendQuantity(line.lineId), quietMs) });
  }
  async function sendQuantity(lineId: string): Promise<void> {
    const wanted = waiting.get(lineId);
    if (wanted === undefined) return;
    clearTimeout(wanted.timer);
    waiting.delete(lineId);
    await change(
      (now) => withQuantity(now, lineId, wanted.quantity),
      () => api.cart.update(lineId, { quantity: wanted.quantity }),
    );
  }
  /** Everything on its way has arrived: before settling. */
  async function flush(): Promise<void> {
    await Promise.all([...waiting.keys()].map(sendQuantity));
    await queue;
  }

  function tickLine(line: CartLine): void {
    tapFeedback('light');
    if (page.editing) {
      page.marked = page.marked.includes(line.lineId)
        ? page.marked.filter((lineId) => lineId !== line.lineId)
        : [...page.marked, line.lineId];
      return;
    }
    const body = { selected: !line.selected, lineIds: [line.lineId] };
    void change(
      (now) => withSelection(now, body),
      () => api.cart.select(body),
    );
  }
  function tickShop(shopId: string): void {
    tapFeedback('light');
    const own = cart.value.groups.find((group) => group.shopId === shopId)?.lines ?? [];
    if (page.editing) {
      const ids = own.map((line) => line.lineId);
      const others = page.marked.filter((lineId) => !ids.includes(lineId));
      page.marked = isShopTicked(shopId) ? others : [...others, ...ids];
      return;
    }
    const body = { selected: !allTicked(own), shopId };
    void change(
      (now) => withSelection(now, body),
      () => api.cart.select(body),
    );
  }
  function isShopTicked(shopId: string): boolean {
    const own = cart.value.groups.find((group) => group.shopId === shopId)?.lines ?? [];
    return page.editing ? own.every((line) => page.marked.includes(line.lineId)) : allTicked(own);
  }
  function tickAll(): void {
    tapFeedback('light');
    if (page.editing) {
      page.marked = isAllTicked.value ? [] : lines.value.map((line) => line.lineId);
      return;
    }
    const body = { selected: !isAllTicked.value };
    void change(
      (now) => withSelection(now, body),
      () => api.cart.select(body),
    );
  }
  const isTicked = (line: CartLine): boolean =>
    page.editing ? page.marked.includes(line.lineId) : line.selected && isOrderable(line);

  /** Asks first: a finger slips easily (C05-UI-05). */
  async function remove(lineIds: string[], question: string): Promise<void> {
    if (lineIds.length === 0) {
      toast('请选择要删除的商品');
      return;
    }
    if (!(await confirmDialog(question, '想要的时候可以再加回来', '删除'))) return;
    for (const lineId of lineIds) {
      clearTimeout(waiting.get(lineId)?.timer);
      waiting.delete(lineId);
    }
    page.openLineId = '';
    const done = await change(
      (now) => withoutLines(now, lineIds),
      () => api.cart.remove({ lineIds }),
    );
    if (!done) return;
    tapFeedback('light');
    page.marked = page.marked.filter((lineId) => !lineIds.includes(lineId));
    if (lines.value.length === 0) page.editing = false;
  }
  const removeLine = (line: CartLine): Promise<void> => remove([line.lineId], '删除这件商品？');
  const removeMarked = (): Promise<void> => remove([...page.marked], `删除选中的 ${page.marked.length} 种商品？`);
  const clearInvalid = (): Promise<void> =>
    remove(
      cart.value.invalidLines.map((line) => line.lineId),
      '清空失效商品？',
    );

  function toggleEditing(): void {
    page.editing = !page.editing;
    page.marked = [];
    page.openLineId = '';
  }

  /** The overlay keeps the route (C05-PATH-08). */
  async function editSku(line: CartLine): Promise<void> {
    page.skuLine = line;
    try {
      sku.product = await api.catalog.product(line.spuId);
      sku.open = true;
    } catch (error) {
      toastError(error);
    }
  }
  async function changeSku({ skuId, quantity }: SkuPick): Promise<void> {
    const line = page.skuLine;
    if (line === undefined || sku.busy) return;
    if (skuId === line.skuId && quantity === line.quantity) {
      sku.open = false;
      return;
    }
    sku.busy = true;
    const done = await change(
      (now) => now,
      () => api.cart.update(line.lineId, skuId === line.skuId ? { quantity } : { skuId, quantity }),
    );
    sku.busy = false;
    if (done) sku.open = false;
  }

  return {
    state,
    page,
    sku,
    cart,
    lines,
    isAllTicked,
    reload,
    setQuantity,
    flush,
    tickLine,
    tickShop,
    tickAll,
    isTicked,
    isShopTicked,
    removeLine,
    removeMarked,
    clearInvalid,
    toggleEditing,
    editSku,
    changeSku,
  };
}
