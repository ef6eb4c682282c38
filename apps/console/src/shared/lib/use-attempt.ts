import { ref } from 'vue';
import { errorText } from './api.ts';

/** One thing at a time that may fail: whether it runs, and why it failed in words, to stand where it was asked for. */
export function useAttempt() {
  const busy = ref(false);
  const failure = ref('');

  /** Pressed again meanwhile it does nothing. @returns whether it was done */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    failure.value = '';
    try {
      await work();
      return true;
    } catch (error) {
      failure.value = errorText(error);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, failure, attempt };
}
