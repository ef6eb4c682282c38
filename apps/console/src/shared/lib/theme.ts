/** Light or dark: chosen here, or following the computer. One class on <html> switches the tokens. */
import { computed, ref, watchEffect } from 'vue';

export const themeChoices = ['auto', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const KEY = 'xiaopu.console.theme';
const wish = window.matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = ref(wish.matches);
wish.addEventListener('change', (event) => {
  systemIsDark.value = event.matches;
});

const saved = localStorage.getItem(KEY) as ThemeChoice | null;
export const themeChoice = ref<ThemeChoice>(saved && themeChoices.includes(saved) ? saved : 'light');
export const isDark = computed(
  () => themeChoice.value === 'dark' || (themeChoice.value === 'auto' && systemIsDark.value),
);

export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.value = choice;
  localStorage.setItem(KEY, choice);
}

watchEffect(() => document.documentElement.classList.toggle('dark', isDark.value), { flush: 'sync' });
