/** The shopper: the code of the agent they were invited to add. */
import { AgentInvitation, ErrorReply } from '@xiaopu/contracts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Wecom } from './wecom.service.ts';

export function wecomRoutes(app: RouteApp, { database: { db }, wecom }: { database: Database; wecom: Wecom }): void {
  app.get(
    '/api/wecom/invitation',
    {
      config: { access: 'member' },
      schema: {
        tags: ['membership'],
        summary: 'The code of the own agent, for members who were invited',
        response: { 200: AgentInvitation, 401: ErrorReply, 404: ErrorReply },
      },
    },
    ({ buyer }) => wecom.invitation(db, buyer.buyerId),
  );
}
