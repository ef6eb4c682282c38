/** A contract is signed in WeChat's own mini program, or on H5 on the sandbox's page. Whether it was signed only the server knows. */
// #ifdef H5
import { openFrame } from './h5/frame';
// #endif

export async function openSigning(redirect: { appId: string; path: string }, pageUrl: string | null): Promise<void> {
  // #ifdef H5
  if (pageUrl) await openFrame({ url: pageUrl, title: '开通自动续费', source: 'xiaopu-contract' });
  // #endif
  // #ifdef MP-WEIXIN
  await new Promise<void>((done) => {
    uni.navigateToMiniProgram({ ...redirect, complete: () => done() });
  });
  // #endif
}
