/** The four states of a page (loading, ready, empty, error) and of a paged list, so that no page invents its own. */
import { reactive } from 'vue';

export type Phase = 'loading' | 'ready' | 'error';

export function useLoad<T>(fetch: () => Promise<T>) {
  const state = reactive({ phase: 'loading' as Phase, data: undefined as T | undefined, error: undefined as unknown });
  let turn = 0;
  async function load(): Promise<void> {
    const mine = ++turn;
    if (state.data === undefined) state.phase = 'loading';
    try {
      const data = await fetch();
      if (mine !== turn) return; // a later load already answered
      state.data = data as never;
      state.phase = 'ready';
      state.error = undefined;
    } catch (error) {
      if (mine !== turn) return;
      state.error = error;
      if (state.data === undefined) state.phase = 'error';
      else throw error; // something is on screen: the caller says so gently
    }
  }
  return { state, load };
}

export interface CursorPageOf<T> {
  items: T[];
  nextCursor: string | null;
}

export function usePaged<T>(fetchPage: (cursor: string | undefined) => Promise<CursorPageOf<T>>) {
  const state = reactive({
    phase: 'loading' as Phase,
    items: [] as T[],
    cursor: undefined as string | undefined,
    finished: false,
    loadingMore: false,
    moreFailed: false,
    error: undefined as unknown,
  });
  let turn = 0;

  /** Page 1 again. Returns false on failure; what was shown stays. */
  async function reload({ keep = false } = {}): Promise<boolean> {
    const mine = ++turn;
    if (!keep) state.phase = 'loading';
    state.loadingMore = false;
    try {
      const page = await fetchPage(undefined);
      if (mine !== turn) return false;
      fill(page);
      return true;
    } catch (error) {
      if (mine !== turn) return false;
      state.error = error;
      if (!keep || state.items.length === 0) state.phase = 'error';
      return false;
    }
  }

  /** Takes a first page that came with another reply. */
  function fill(page: CursorPageOf<T>): void {
    state.items = page.items as never;
    state.cursor = page.nextCursor ?? undefined;
    state.finished = page.nextCursor === null;
    state.moreFailed = false;
    state.error = undefined;
    state.phase = 'ready';
  }

  async function more(): Promise<T[]> {
    if (state.loadingMore || state.finished || state.phase !== 'ready') return [];
    const mine = turn;
    state.loadingMore = true;
    state.moreFailed = false;
    try {
      const page = await fetchPage(state.cursor);
      if (mine !== turn) return [];
      state.items.push(...(page.items as never[]));
      state.cursor = page.nextCursor ?? undefined;
      state.finished = page.nextCursor === null;
      return page.items;
    } catch {
      if (mine === turn) state.moreFailed = true;
      return [];
    } finally {
      if (mine === turn) state.loadingMore = false;
    }
  }

  return { state, reload, fill, more };
}
