import { describe, expect, it } from 'vitest';
import { calendarDate, decode, encode, oneOf, text, toRequest, whole } from './url-filters.ts';

const fields = {
  q: text(),
  status: oneOf(['paid', 'shipped']),
  from: calendarDate(),
  low: oneOf(['yes']),
  page: whole(1),
  pageSize: whole(20, { max: 100 }),
};

describe('filters in the URL', () => {
  it('round-trips every field', () => {
    const values = { q: '红茶', status: 'paid', from: '2026-03-01', low: 'yes', page: 3, pageSize: 50 } as const;
    expect(decode(fields, encode(fields, values))).toEqual(values);
  });

  it('writes nothing for defaults, so the plain list has a plain URL', () => {
    expect(encode(fields, decode(fields, {}))).toEqual({});
  });

  it('falls back on malformed or unknown values instead of failing', () => {
    expect(decode(fields, { status: 'hacked', page: '-4', pageSize: '5000', from: '2026-13-45', low: 'no' })).toEqual({
      q: '',
      status: '',
      from: '',
      low: '',
      page: 1,
      pageSize: 20,
    });
  });

  it('takes the first of a repeated key', () => {
    expect(decode(fields, { q: ['茶', '杯'] }).q).toBe('茶');
  });

  it("keeps the page's other query keys", () => {
    expect(encode(fields, { page: 2 }, { tab: 'stock', page: '9' })).toEqual({ tab: 'stock', page: '2' });
  });

  it('sends the server only what is set', () => {
    expect(toRequest({ q: '', low: '', page: 1, pageSize: 20, status: 'paid' })).toEqual({
      page: 1,
      pageSize: 20,
      status: 'paid',
    });
  });
});
