import { expect, it } from 'vitest';
import { arrivalOf } from './arrival.core.ts';

it('C01-ECO-01 reads the link of a page, of a mini program code, and the door of WeChat', () => {
  expect(arrivalOf({ query: { l: 'abcd2345' }, scene: 1058 })).toEqual({ code: 'abcd2345', scene: 1058 });
  expect(arrivalOf({ query: { scene: 'l%3Dabcd2345' } })).toEqual({ code: 'abcd2345' });
  // A distributor's link is none of ours; H5's number says nothing; nonsense is nothing.
  expect(arrivalOf({ query: { scene: 'd%3D0123456789' }, scene: 1001 })).toEqual({});
  expect(arrivalOf({ query: { l: 'no!', scene: '%' } })).toEqual({});
  expect(arrivalOf(undefined)).toEqual({});
});
