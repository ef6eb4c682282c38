/** Becoming a member: one tap on a mini program, the OAuth page on H5. Browsing never asks for it. */
import type { Session } from '@xiaopu/contracts';
// #ifdef H5
import { currentRoute, leaveFor, takeOauthReturn } from '@/platform/login.h5';
// #endif
// #ifndef H5
import { loginCode } from '@/platform/login.mp';
// #endif
import { api } from '@/platform/request';
import { holdRequestsFor, isMember, keepSession, useSessionOpener } from '@/platform/session';

useSessionOpener(() => api.session.guest());

/** True once the shopper is a member. On H5 it leaves the page and resolves false: the shopper comes back logged in. */
export async function ensureMember(): Promise<boolean> {
  if (isMember.value) return true;
  // #ifdef H5
  const { url } = await api.session.wechatOauthUrl({ returnTo: currentRoute() });
  leaveFor(url);
  return false;
  // #endif
  // #ifndef H5
  const session: Session = await api.session.wechatMini({ code: await loginCode() });
  keepSession(session);
  return true;
  // #endif
}

/** Before the first page of H5 is drawn: finishes a login that left for the OAuth page. Requests wait for it. */
export function finishLogin(): Promise<void> {
  // #ifdef H5
  const back = takeOauthReturn();
  if (back === undefined) return Promise.resolve();
  const login = api.session.wechatOauth(back).then(keepSession);
  holdRequestsFor(login);
  return login;
  // #endif
  // #ifndef H5
  return Promise.resolve();
  // #endif
}

export async function logOut(): Promise<void> {
  await api.session.end();
  keepSession(undefined);
}
