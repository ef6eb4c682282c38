/** One way to say no: a stable `module.reason` code, a kind that HTTP maps to a status, a Chinese message, typed details. */

export type ErrorKind =
  | 'invalid' // 400 the request cannot be understood
  | 'unauthenticated' // 401 no or stale session
  | 'forbidden' // 403 known, not allowed
  | 'not_found' // 404 absent, or not yours
  | 'conflict' // 409 the state does not allow it
  | 'too_large' // 413
  | 'unprocessable' // 422 understood, but breaks a rule
  | 'rate_limited' // 429
  | 'unavailable'; // 503 something we stand on does not answer

export class AppError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly details: unknown;
  constructor(code: string, kind: ErrorKind, message: string, details?: unknown) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.kind = kind;
    this.details = details;
  }
}

const declared = new Map<string, { kind: ErrorKind; message: string }>();

export type ErrorFactory<D> = ((...args: D extends undefined ? [] : [details: D]) => AppError) & { code: string };

/** Declares an error once, next to its module; the same code twice is a bug. */
export function defineError<D = undefined>(
  code: string,
  kind: ErrorKind,
  message: string | ((details: D) => string),
): ErrorFactory<D> {
  if (declared.has(code)) throw new Error(`error code ${code} is declared twice`);
  declared.set(code, { kind, message: typeof message === 'string' ? message : '' });
  const factory = (...args: [details?: D]) =>
    new AppError(code, kind, typeof message === 'string' ? message : message(args[0] as D), args[0]);
  return Object.assign(factory, { code }) as ErrorFactory<D>;
}

/** Every declared code, for docs and tests. */
export const declaredErrors = (): ReadonlyMap<string, { kind: ErrorKind; message: string }> => declared;

export const statusOf: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unprocessable: 422,
  rate_limited: 429,
  unavailable: 503,
};
