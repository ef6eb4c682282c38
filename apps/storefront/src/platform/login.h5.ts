/** H5 logs in by the official account's OAuth page: leave, come back with code and state in the URL. */
export interface OauthReturn {
  code: string;
  state: string;
}

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * Leaves for the OAuth page. On one's own machine the shop may be open as localhost while the server calls itself 127.0.0.1:
 * the session lives where the shopper is, so that is where WeChat must send them back.
 */
export function leaveFor(url: string): void {
  const page = new URL(url);
  const back = new URL(page.searchParams.get('redirect_uri') ?? location.href);
  if (back.origin !== location.origin && loopback.test(back.hostname) && loopback.test(location.hostname)) {
    page.searchParams.set('redirect_uri', back.href.replace(back.origin, location.origin));
  }
  location.assign(page.href);
}

/** The hash route a shopper is on, to come back to. */
export const currentRoute = (): string => location.hash.replace(/^#/, '') || '/';

const without = (query: string): string => {
  const rest = new URLSearchParams(query);
  rest.delete('code');
  rest.delete('state');
  const text = rest.toString();
  return text === '' ? '' : `?${text}`;
};

/** Takes code and state out of the address (before or behind the hash), so that a reload does not use them twice. */
export function takeOauthReturn(): OauthReturn | undefined {
  const [route = '/', hashQuery = ''] = location.hash.replace(/^#/, '').split('?');
  const query = [new URLSearchParams(location.search), new URLSearchParams(hashQuery)].find(
    (one) => one.has('code') && one.has('state'),
  );
  if (query === undefined) return undefined;
  history.replaceState(
    null,
    '',
    `${location.pathname}${without(location.search)}#${route || '/'}${without(hashQuery)}`,
  );
  return { code: query.get('code') ?? '', state: query.get('state') ?? '' };
}
