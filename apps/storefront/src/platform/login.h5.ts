/** H5 logs in by the official account's OAuth page: leave, come back with code and state in the URL. */
export interface OauthReturn {
  code: string;
  state: string;
}

export const leaveFor = (url: string): void => location.assign(url);

/** The hash route a shopper is on, to come back to. */
export const currentRoute = (): string => location.hash.replace(/^#/, '') || '/';

/** Takes code and state out of the address (before or behind the hash), so that a reload does not use them twice. */
export function takeOauthReturn(): OauthReturn | undefined {
  const before = new URLSearchParams(location.search);
  const behind = new URLSearchParams(location.hash.split('?')[1] ?? '');
  const from = before.has('code') ? before : behind;
  const code = from.get('code');
  const state = from.get('state');
  if (code === null || state === null) return undefined;
  history.replaceState(null, '', `${location.pathname}#${location.hash.replace(/^#/, '').split('?')[0] || '/'}`);
  return { code, state };
}
