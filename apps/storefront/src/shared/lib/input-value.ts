/** What was typed, from uni's input events (the typings know only the browser's). */
export const inputValue = (event: Event): string =>
  String((event as unknown as { detail: { value: unknown } }).detail.value ?? '');
