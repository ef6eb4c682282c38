import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { journalExchanges, noteOnRequest, type Twin } from '../platform/journal.ts';
import type { World } from '../platform/world.ts';
import { ApiError, apiError } from './api-error.ts';

const FAULT_CODES: Record<string, number> = {
  busy: -1,
  'token-invalid': 40001,
  'token-expired': 42001,
  'daily-quota': 45009,
  'too-frequent': 45011,
  blocked: 40226,
  unauthorized: 48001,
};

/** Common to every api.weixin.qq.com route: the log, the faults, and errors as errcodes. */
export function guardApiRoutes(app: FastifyInstance, world: World, twin: Twin): void {
  const { switches } = world;
  journalExchanges(app, twin, world.journal, world.clock.now);
  app.addHook('preHandler', async (request, reply) => {
    if ((request.raw.url ?? '').includes(switches.text('mini.faultPath'))) await applyFault(request, reply);
  });
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ApiError) {
      noteOnRequest(request, `errcode ${error.errcode}`);
      return reply.code(200).send(error.toBody());
    }
    process.emitWarning(`sandbox ${twin} failed: ${error instanceof Error ? error.stack : String(error)}`);
    return reply.code(500).send({ errcode: -1, errmsg: 'system error' });
  });

  async function applyFault(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const fault = switches.takeFault('mini.fault');
    if (fault === 'none') return;
    noteOnRequest(request, `故障 ${fault}`);
    const code = FAULT_CODES[fault];
    if (code !== undefined) throw apiError(code);
    if (fault === 'slow') await sleep(switches.number('mini.slowMs'));
    if (fault === 'http-500') reply.code(500).send('Internal Server Error');
    if (fault === 'dropped') {
      reply.hijack();
      request.raw.socket.destroy();
    }
  }
}
