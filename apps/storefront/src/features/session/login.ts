/** Becoming a member: one tap on a mini program, the OAuth page on H5. Browsing never asks for it. */
import type { Session } from '@xiaopu/contracts';
// #ifdef H5
import { currentRoute, leaveFor, takeOauthReturn } from '@/platform/login.h5';
// #endif
// #ifndef H5
import { loginCode } from '@/platform/login.mp';
// #endif
import { api } from '@/platform/request';
import { isMember, keepSession, useSessionOpener } from '@/platform/session';
import { storage } from '@/platform/storage';

useSessionOpener(() => api.session.guest());

/** True once the shopper is a member. On H5 it leaves the page and resolves false: the shopper comes back logged in. */
export async function ensureMember(): Promise<boolean> {
  if (isMember.value) return true;
  // #ifdef H5
  const route = currentRoute();
  storage.write('login.returnTo', route);
  const { url } = await api.session.wechatOauthUrl({ returnTo: route });
  leaveFor(url);
  return false;
  // #endif
  // #ifndef H5
  const session: Session = await api.session.wechatMini({ code: await loginCode() });
  keepSession(session);
  return true;
  // #endif
}

/** At launch of H5: finishes a login that left for the OAuth page. Returns the route to go back to. */
export async function finishLogin(): Promise<string | undefined> {
  // #ifdef H5
  const back = takeOauthReturn();
  if (back === undefined) return undefined;
  keepSession(await api.session.wechatOauth(back));
  const returnTo = storage.read<string>('login.returnTo');
  storage.remove('login.returnTo');
  return returnTo;
  // #endif
  // #ifndef H5
  return undefined;
  // #endif
}

export async function logOut(): Promise<void> {
  await api.session.end();
  keepSession(undefined);
}
