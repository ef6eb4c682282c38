import type { RouteApp } from '#platform/http/app.ts';
import { signedScope, wechatNotice } from '#platform/http/signed-notice.ts';
import { type ContractFlow, contractNoticePath } from './contracts.flow.ts';

export function contractRoutes(app: RouteApp, { flow }: { flow: ContractFlow }): void {
  signedScope(app, (scope) =>
    wechatNotice(scope, {
      path: contractNoticePath,
      summary: "WeChat's notice of a contract signed or ended: signed by WeChat, sealed for us",
      take: flow.takeNotice,
    }),
  );
}
