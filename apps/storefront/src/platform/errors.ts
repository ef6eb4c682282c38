/** One place from error code to what a shopper reads. Codes not listed show the server's own sentence. */
import { ApiError } from '@xiaopu/api-client/transport';

const sentences: Record<string, string> = {
  'client.offline': '网络断开了，连上后再试一次',
  'client.timeout': '网络有点慢，请稍后再试',
  'client.network': '没能连上小铺，请检查网络',
  'client.bad_reply': '小铺开小差了，请稍后再试',
  'http.rate_limited': '操作太快了，歇一歇再试',
  'http.internal': '小铺开小差了，请稍后再试',
};

export type ClientErrorCode = 'client.offline' | 'client.timeout' | 'client.network' | 'client.bad_reply';

export const clientError = (code: ClientErrorCode, requestId: string): ApiError =>
  new ApiError(0, { code, message: sentences[code] ?? '', requestId });

export function errorCode(error: unknown): string {
  return error instanceof ApiError ? error.code : 'client.unknown';
}

export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return '出了点问题，请再试一次';
  return sentences[error.code] ?? (error.message || '出了点问题，请再试一次');
}

/** Errors where the same request may simply be made again. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 502 || error.status === 503);
