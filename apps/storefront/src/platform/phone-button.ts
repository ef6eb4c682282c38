/** The phone-number button of WeChat: its code, or undefined when the shopper said no. */
export function phoneCode(event: unknown): string | undefined {
  return (event as { detail?: { code?: string } }).detail?.code;
}
