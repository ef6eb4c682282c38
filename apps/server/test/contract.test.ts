/** The API description against live replies, and the typed clients against the API description. */

import { createBuyerApi, createConsoleApi, type Send } from '@xiaopu/api-client';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestShop, type TestShop } from './shop.ts';
import { findProduct, pay, placeOrder, untilOrder } from './story.ts';

interface Description {
  paths: Record<
    string,
    Record<string, { responses?: Record<string, { content?: Record<string, { schema: object }> }> }>
  >;
  components?: object;
}

describe('C04-AGI-07 the API description', () => {
  let world: TestShop;
  let description: Description;
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  beforeAll(async () => {
    world = await openTestShop();
    description = (await world.inject({ method: 'GET', url: '/api/openapi.json' })).body as Description;
  }, 120_000);
  afterAll(() => world?.close());

  const pathOf = (url: string) => {
    const path = url.split('?')[0] ?? '';
    return Object.keys(description.paths).find(
      (known) =>
        new RegExp(`^${known.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path) &&
        !known.includes(`{${path.split('/').at(-1)}`) &&
        matchesLiterally(known, path),
    );
  };
  /** `/orders/counts` is its own path, not an order called counts. */
  const matchesLiterally = (known: string, path: string) => known === path || !(path in description.paths);

  function faultsOf(method: string, url: string, status: number, body: unknown): string[] {
    const path = pathOf(url);
    if (!path) return [`${method} ${url} is not described`];
    const schema =
      description.paths[path]?.[method.toLowerCase()]?.responses?.[String(status)]?.content?.['application/json']
        ?.schema;
    if (!schema) return status === 204 ? [] : [`${status} of ${method} ${path} is not described`];
    const validate = ajv.compile(schema);
    return validate(body) ? [] : [`${method} ${path}: ${ajv.errorsText(validate.errors)}`];
  }

  it('is true of what the shop answers along a whole purchase and in the console', async () => {
    const buyer = await world.buyer('lin-xia');
    const product = await findProduct(buyer);
    const placed = await placeOrder(buyer, product);
    const [orderNo = ''] = placed.orderNos;
    await pay(world, buyer, 'lin-xia', placed.paymentId);
    await untilOrder(world, buyer, orderNo, ({ status }) => status === 'paid');
    await buyer.api.cart.add({ skuId: placed.skuId, quantity: 1 });
    await buyer.api.favourites.add(product.spuId);
    const headers = await world.staff('admin', product.shop.shopId);

    const shopper = [
      '/api/home',
      '/api/home/feed',
      '/api/categories',
      `/api/products?categoryId=${product.categoryId}`,
      '/api/products?q=枕',
      `/api/products/facets?categoryId=${product.categoryId}`,
      `/api/products/${product.spuId}`,
      `/api/products/${product.spuId}/reviews`,
      `/api/shops/${product.shop.shopId}`,
      '/api/search/suggestions?q=枕',
      '/api/search/hot-words',
      '/api/search/history',
      '/api/session',
      '/api/cart',
      '/api/addresses',
      '/api/favourites',
      `/api/favourites/${product.spuId}`,
      '/api/footprints',
      '/api/orders',
      '/api/orders?tab=paid',
      '/api/orders/counts',
      `/api/orders/${orderNo}`,
      `/api/orders/${orderNo}/track`,
      `/api/payments/${placed.paymentId}`,
      '/api/orders/00000000000000000000',
      `/api/products/01970000-0000-7000-8000-000000000000`,
      '/api/products?limit=0',
    ];
    const staff = [
      '/session',
      '/dashboard',
      '/search?q=枕',
      '/products',
      `/products/${product.spuId}`,
      '/categories',
      '/media',
      '/stock',
      '/stock?state=low',
      `/stock/${placed.skuId}/ledger`,
      '/orders',
      '/orders/counts',
      `/orders/${orderNo}`,
      '/carriers',
      '/refunds',
      '/reviews',
      '/settings/profile',
      '/settings/policies',
      '/staff',
      '/roles',
      '/audit',
      '/product-imports',
    ].map((path) => `/api/console${path}`);
    const faults: string[] = [];
    for (const [urls, sent] of [
      [shopper, buyer.headers],
      [staff, headers],
    ] as const) {
      for (const url of urls) {
        const reply = await world.inject({ method: 'GET', url: encodeURI(url), headers: sent });
        faults.push(...faultsOf('GET', url, reply.status, reply.body));
        if (reply.status >= 500) faults.push(`${reply.status} ${url}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it('knows every call of the typed clients', async () => {
    const calls: string[] = [];
    const record = (async ({ method, path }: { method: string; path: string }) =>
      void calls.push(`${method} ${path}`)) as unknown as Send;
    const callAll = (api: object): void => {
      for (const member of Object.values(api)) {
        if (typeof member === 'function') (member as (...args: unknown[]) => unknown)('id-1', {}, 'id-2');
        else callAll(member as object);
      }
    };
    callAll(createBuyerApi(record));
    callAll(createConsoleApi(record));
    const described = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    const unknown = calls.filter((call) => {
      const [method, path = ''] = call.split(' ');
      return !described.some(
        (known) => known.method === method && new RegExp(`^${known.path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
      );
    });
    expect(calls.length).toBeGreaterThan(70);
    expect(unknown).toEqual([]);
  });
});
