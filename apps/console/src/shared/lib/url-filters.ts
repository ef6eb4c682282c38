/** Filters live in the URL query, so a list can be shared, reloaded and walked back. A field left at its default is not written. */

export type QueryValue = string | null | (string | null)[] | undefined;
export type Query = Record<string, QueryValue>;

export interface Field<T> {
  fallback: T;
  read(raw: string): T | undefined;
  write(value: T): string;
}
// biome-ignore lint/suspicious/noExplicitAny: a record of fields of many types, which Values infers one by one
export type Fields = Record<string, Field<any>>;
export type Values<F extends Fields> = { -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export const text = (maxLength = 60): Field<string> => ({
  fallback: '',
  read: (raw) => raw.trim().slice(0, maxLength),
  write: (value) => value.trim(),
});

export const oneOf = <const T extends string>(values: readonly T[], fallback: T | '' = ''): Field<T | ''> => ({
  fallback,
  read: (raw) => (values.includes(raw as T) ? (raw as T) : undefined),
  write: (value) => value,
});

export const whole = (fallback: number, { min = 1, max = 1_000_000 } = {}): Field<number> => ({
  fallback,
  read: (raw) => {
    const value = Number(raw);
    return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
  },
  write: String,
});

export const calendarDate = (): Field<string> => ({
  fallback: '',
  read: (raw) => (/^\d{4}-\d{2}-\d{2}$/.test(raw) && !Number.isNaN(Date.parse(raw)) ? raw : undefined),
  write: (value) => value,
});

/** Every field from the query; what is missing or malformed takes its default. */
export function decode<F extends Fields>(fields: F, query: Query): Values<F> {
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    const raw = Array.isArray(query[key]) ? query[key][0] : query[key];
    values[key] = (typeof raw === 'string' ? field.read(raw) : undefined) ?? field.fallback;
  }
  return values as Values<F>;
}

/** The query for these values; keys that are not ours (a tab of the page, say) are kept. */
export function encode<F extends Fields>(
  fields: F,
  values: Partial<Values<F>>,
  keep: Query = {},
): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [key, raw] of Object.entries(keep)) {
    if (!(key in fields) && typeof raw === 'string') query[key] = raw;
  }
  for (const [key, field] of Object.entries(fields)) {
    const value = values[key];
    if (value === undefined || value === null || value === field.fallback || value === '') continue;
    const written = field.write(value);
    if (written !== '') query[key] = written;
  }
  return query;
}

/** What goes to the server: no empty strings, no unset flags. */
export function toRequest(values: Record<string, unknown>): Record<string, string | number | boolean> {
  const request: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === '' || value === false || value === undefined || value === null) continue;
    request[key] = value as string | number | boolean;
  }
  return request;
}
