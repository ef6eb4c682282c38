/** The one thing a client must bring: how a request travels (uni.request, fetch, Fastify inject). */
export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Resolves with the parsed reply body, rejects with {@link ApiError}. */
export type Send = <T>(request: ApiRequest) => Promise<T>;

/** A reply the server gave on purpose; `code` is stable and what callers switch on. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: unknown;
  readonly requestId: string;
  constructor(status: number, body: { code: string; message: string; details?: unknown; requestId: string }) {
    super(body.message);
    this.name = 'ApiError';
    this.status = status;
    this.code = body.code;
    this.details = body.details;
    this.requestId = body.requestId;
  }
}

/** `a=1&tag=x&tag=y`; undefined is left out. */
export function encodeQuery(query: Query = {}): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? value : [value];
    for (const one of values) {
      if (one !== undefined) parts.push(`${encodeURIComponent(key)}=${encodeURIComponent(String(one))}`);
    }
  }
  return parts.join('&');
}
