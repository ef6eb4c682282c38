/** WeChat's dialog for subscription messages: one accept is the right to send one message. Only from a tap. */
export type SubscribeAnswer = 'accept' | 'reject' | 'ban' | 'filter';

const answers: readonly string[] = ['accept', 'reject', 'ban', 'filter'];
/** WeChat takes at most three in one dialog. */
const mostAtOnce = 3;

/** Answer by template; empty when the dialog could not open. */
export function askToSubscribe(templateIds: string[]): Promise<{ templateId: string; result: SubscribeAnswer }[]> {
  return new Promise((resolve) => {
    // #ifdef MP-WEIXIN
    const asked = templateIds.slice(0, mostAtOnce);
    uni.requestSubscribeMessage({
      tmplIds: asked,
      success: (reply: unknown) => {
        const said = reply as Record<string, string>;
        resolve(
          asked
            .filter((templateId) => answers.includes(said[templateId] ?? ''))
            .map((templateId) => ({ templateId, result: said[templateId] as SubscribeAnswer })),
        );
      },
      fail: () => resolve([]),
    });
    // #endif
    // #ifndef MP-WEIXIN
    resolve([]);
    // #endif
  });
}
