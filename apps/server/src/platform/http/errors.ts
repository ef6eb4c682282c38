/** Every failure leaves in one shape; only this file knows which kind is which status. */
import type { ErrorReply } from '@xiaopu/contracts';
import type { FastifyError, FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { sqlState } from '../database/database.ts';
import { AppError, statusOf } from '../errors.ts';

const busyStates = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '55P03', // lock not available in time
  '57014', // statement timeout
]);

const lostCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT']);
/** The database went away while it was asked: whether it did what was asked is not known, asking again is right. */
const isConnectionLost = (error: Error & { code?: string }): boolean =>
  (error.code !== undefined && lostCodes.has(error.code)) || error.message.startsWith('Connection terminated');

/** The body of a refusal, as every path of ours writes it. */
export const refusalBody = (
  { code, message, details }: Pick<AppError, 'code' | 'message' | 'details'>,
  requestId: string,
) => JSON.stringify({ error: { code, message, details, requestId } } satisfies ErrorReply);

export const errorReplies = fp(
  async (app: FastifyInstance) => {
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const answer = (status: number, code: string, message: string, details?: unknown) =>
        reply
          .code(status)
          .header('cache-control', 'no-store')
          .type('application/json; charset=utf-8')
          .send(refusalBody({ code, message, details }, request.id));

      if (error instanceof AppError) return answer(statusOf[error.kind], error.code, error.message, error.details);
      if (error.validation) {
        const fields = error.validation.map(({ instancePath, message, params }) => ({
          field: instancePath || (params as { missingProperty?: string }).missingProperty || '',
          message: message ?? '',
        }));
        return answer(400, 'request.invalid', '请求内容有误', { in: error.validationContext, fields });
      }
      const state = sqlState(error);
      if ((state !== undefined && (busyStates.has(state) || /^(08|57P)/.test(state))) || isConnectionLost(error)) {
        request.log.warn({ err: error, state }, 'database busy');
        return answer(503, 'platform.busy', '系统繁忙，请稍后再试');
      }
      const status = error.statusCode ?? 500;
      if (status === 413) return answer(413, 'request.too_large', '内容太大了');
      if (status === 415) return answer(415, 'request.unsupported_type', '不支持的内容格式');
      if (status === 429) return answer(429, 'request.rate_limited', '操作太频繁，请稍后再试');
      if (status >= 400 && status < 500) return answer(status, 'request.invalid', '请求内容有误');
      request.log.error({ err: error }, 'request failed');
      return answer(500, 'platform.internal', '出了点问题，请稍后再试');
    });
    app.setNotFoundHandler((request, reply) => {
      const isOtherVersion = /^\/api\/v\d+\//.test(request.url);
      const [code, message]: [string, string] = isOtherVersion
        ? ['request.unknown_version', '当前版本已不再支持，请更新后再试']
        : ['request.not_found', '没有这个地址'];
      return reply.code(404).send({ error: { code, message, requestId: request.id } } satisfies ErrorReply);
    });
  },
  { name: 'error-replies' },
);
