/** The shop's API over uni.request. */
import { createBuyerApi } from '@xiaopu/api-client/buyer';
import { network } from './network';
import { createSend, type Exchange, type Reply } from './request.core';
import { noteServerTime } from './server-clock';
import { sessionKeeper } from './session';
import { createTimings } from './slow-requests';

function exchange({ method, url, headers, body, timeoutMs }: Exchange): Promise<Reply> {
  return new Promise((resolve, reject) => {
    uni.request({
      url,
      // uni's typings lack PATCH; all four targets carry it.
      method: method as 'GET',
      header: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      data: body as never,
      dataType: 'json',
      timeout: timeoutMs,
      success: ({ statusCode, data, header }) => {
        const reply = header as Record<string, string> | undefined;
        const serverTime = Number(reply?.['x-server-time'] ?? reply?.['X-Server-Time']);
        resolve({
          status: statusCode,
          body: data,
          requestId: reply?.['x-request-id'] ?? reply?.['X-Request-Id'],
          serverTimeMs: serverTime > 0 ? serverTime : undefined,
        });
      },
      fail: reject,
    });
  });
}

const newRequestId = (): string =>
  `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10).padEnd(8, '0')}`;

export const send = createSend({
  baseUrl: __API_BASE__,
  exchange,
  failureOf: (error) => (/timeout/i.test((error as { errMsg?: string })?.errMsg ?? '') ? 'timeout' : 'network'),
  session: sessionKeeper,
  isOnline: () => network.online,
  networkType: () => network.type,
  now: () => Date.now(),
  newRequestId,
  onSlow: (request) => timings.add(request),
  onServerTime: noteServerTime,
});

export const api = createBuyerApi(send);

export const timings = createTimings({
  send: (batch) => api.timings(batch),
  later: (work, ms) => setTimeout(work, ms),
});
