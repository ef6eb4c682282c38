/** The one way to the server: same origin, cookie session, the shop in a header, one error type. */
import { ApiError, createConsoleApi, encodeQuery, type Query, type Send } from '@xiaopu/api-client';

export { ApiError } from '@xiaopu/api-client';

let onSignedOut: () => void = () => {};
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

let shopId = '';
/** Which of the person's shops the next calls act on; empty lets the server take the first. */
export function actOnShop(id: string): void {
  shopId = id;
}

function headers(): Record<string, string> {
  const base: Record<string, string> = { 'x-requested-with': 'xiaopu-console', accept: 'application/json' };
  if (shopId) base['x-shop-id'] = shopId;
  return base;
}

let aheadMs = 0;
/** The shop's clock, as the last reply told it: a sale opens and closes by that one, not by this computer's. */
export const serverNow = (): Date => new Date(Date.now() + aheadMs);
function setClock(reply: Response): void {
  const told = Number(reply.headers.get('x-server-time'));
  if (told > 0) aheadMs = told - Date.now();
}

interface ErrorBody {
  error?: { code?: string; message?: string; details?: unknown; requestId?: string };
}

export function toApiError(status: number, body: unknown): ApiError {
  const error = (body as ErrorBody | null)?.error;
  if (error?.code) {
    return new ApiError(status, {
      code: error.code,
      message: error.message || '操作没有成功，请重试',
      details: error.details,
      requestId: error.requestId ?? '',
    });
  }
  const message =
    status === 429 ? '操作太频繁，请稍后再试' : status >= 500 ? '服务暂时不可用，请稍后重试' : '请求没有被接受';
  return new ApiError(status, { code: `http.${status}`, message, requestId: '' });
}

const offline = (message: string) => new ApiError(0, { code: 'network.offline', message, requestId: '' });

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** A lost session is not an error to show on the page: the app goes to the login page and comes back. */
function failed(path: string, status: number, body: unknown): ApiError {
  if (status === 401 && !path.endsWith('/session')) onSignedOut();
  return toApiError(status, body);
}

const withQuery = (path: string, query?: Query): string => {
  const text = encodeQuery(query);
  return text ? `${path}?${text}` : path;
};

export const send: Send = async <T>(input: Parameters<Send>[0]): Promise<T> => {
  const init: RequestInit = {
    method: input.method,
    credentials: 'same-origin',
    headers: { ...headers(), ...input.headers },
  };
  if (input.body !== undefined) {
    init.body = JSON.stringify(input.body);
    init.headers = { ...init.headers, 'content-type': 'application/json' };
  }
  let response: Response;
  try {
    response = await fetch(withQuery(input.path, input.query), init);
  } catch {
    throw offline('连接不上服务器，请检查网络后重试');
  }
  setClock(response);
  const body = parse(await response.text());
  if (!response.ok) throw failed(input.path, response.status, body);
  return body as T;
};

export const api = createConsoleApi(send);

/** A reply that goes on: its text as it comes. @throws when it is refused or breaks */
export async function openStream(path: string, signal: AbortSignal): Promise<AsyncIterable<string>> {
  const response = await fetch(path, { credentials: 'same-origin', headers: headers(), signal });
  if (!response.ok || !response.body) throw failed(path, response.status, parse(await response.text()));
  return readText(response.body);
}

async function* readText(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}

/** Upload with progress, which fetch cannot report. */
export function upload<T>(path: string, file: File, onProgress: (ratio: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', path);
    for (const [name, value] of Object.entries(headers())) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    xhr.onerror = () => reject(offline('上传中断，请检查网络后重试'));
    xhr.onload = () => {
      const body = parse(xhr.responseText);
      if (xhr.status >= 200 && xhr.status < 300) resolve(body as T);
      else reject(failed(path, xhr.status, body));
    };
    const form = new FormData();
    form.append('file', file, file.name);
    xhr.send(form);
  });
}

/** Fetches a file and hands it to the browser's downloads. */
export async function download(path: string, fileName: string, query?: Query): Promise<void> {
  let response: Response;
  try {
    response = await fetch(withQuery(path, query), { credentials: 'same-origin', headers: headers() });
  } catch {
    throw offline('下载中断，请检查网络后重试');
  }
  if (!response.ok) throw failed(path, response.status, parse(await response.text()));
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}

export const errorText = (error: unknown): string =>
  error instanceof ApiError ? error.message : '操作没有成功，请重试';
