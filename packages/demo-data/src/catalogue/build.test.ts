import { createHash } from 'node:crypto';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { families } from '../pictures/families/index.ts';
import { buildCatalogue } from './build.ts';

const catalogue = buildCatalogue();
const skus = catalogue.spus.flatMap((spu) => spu.skus);
const categoryById = new Map(catalogue.categories.map((category) => [category.id, category]));

const expectUnique = (values: string[]) => expect(new Set(values).size).toBe(values.length);

it('holds at least 300 SPUs, 1,000 SKUs, ten level-1 categories and three shops, one of them with three stores', () => {
  expect(catalogue.spus.length).toBeGreaterThanOrEqual(300);
  expect(skus.length).toBeGreaterThanOrEqual(1000);
  expect(catalogue.categories.filter(({ level }) => level === 1)).toHaveLength(10);
  expect(catalogue.shops).toHaveLength(3);
  expect(catalogue.stores).toHaveLength(3);
  expectUnique([...new Set(catalogue.stores.map(({ shopId }) => shopId))]);
  expect(new Set(catalogue.stores.map(({ shopId }) => shopId)).size).toBe(1);
  expect(catalogue.reviews.length).toBeGreaterThanOrEqual(550);
  expect(catalogue.banners).toHaveLength(5);
  for (const shop of catalogue.shops) expect(catalogue.spus.some(({ shopId }) => shopId === shop.id)).toBe(true);
});

it('keeps all 239 public titles', () => {
  expect(catalogue.spus.filter((spu) => spu.pictures[0]?.key.startsWith('spu/litemall-'))).toHaveLength(239);
});

it('gives every id, code, barcode and title once', () => {
  expectUnique([
    ...catalogue.spus.map(({ id }) => id),
    ...skus.map(({ id }) => id),
    ...catalogue.categories.map(({ id }) => id),
    ...catalogue.reviews.map(({ id }) => id),
    ...catalogue.shops.map(({ id }) => id),
    ...catalogue.stores.map(({ id }) => id),
    ...catalogue.banners.map(({ id }) => id),
  ]);
  expectUnique(skus.map(({ skuCode }) => skuCode));
  expectUnique(skus.map(({ barcode }) => barcode));
  expectUnique(catalogue.spus.map(({ title }) => title));
  for (const { id } of skus)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('prices every SKU so that cost < sale price ≤ list price, and the SPU shows its cheapest SKU', () => {
  for (const spu of catalogue.spus) {
    for (const sku of spu.skus) {
      expect(Number.isInteger(sku.salePrice) && Number.isInteger(sku.listPrice) && Number.isInteger(sku.cost)).toBe(
        true,
      );
      expect(sku.cost).toBeGreaterThan(0);
      expect(sku.cost).toBeLessThan(sku.salePrice);
      expect(sku.salePrice).toBeLessThanOrEqual(sku.listPrice);
      expect(sku.weightGrams).toBeGreaterThan(0);
    }
    expect(spu.salePrice).toBe(Math.min(...spu.skus.map(({ salePrice }) => salePrice)));
  }
});

it('makes one SKU for each combination of the spec values, with the names in the order of the product', () => {
  for (const spu of catalogue.spus) {
    const combinations = spu.specs.reduce((product, { values }) => product * values.length, 1);
    expect(spu.skus).toHaveLength(combinations);
    for (const sku of spu.skus) expect(Object.keys(sku.specs)).toEqual(spu.specs.map(({ name }) => name));
    expectUnique(spu.skus.map(({ specs }) => JSON.stringify(specs)));
  }
});

it('writes barcodes whose EAN-13 check digit is right, in the range kept for use inside a shop', () => {
  for (const { barcode } of skus) {
    expect(barcode).toMatch(/^2\d{12}$/);
    const sum = [...barcode].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
    expect(sum % 10).toBe(0);
  }
});

it('stocks some SKUs at nothing, some scarcely, most healthily', () => {
  const share = (test: (onHand: number) => boolean) => skus.filter(({ onHand }) => test(onHand)).length / skus.length;
  expect(share((onHand) => onHand === 0)).toBeGreaterThan(0.02);
  expect(share((onHand) => onHand === 0)).toBeLessThan(0.1);
  expect(share((onHand) => onHand > 0 && onHand <= 5)).toBeGreaterThan(0.04);
  expect(share((onHand) => onHand >= 40)).toBeGreaterThan(0.6);
});

it('C06: describes every SPU by the JSON Schema of its level-2 category', () => {
  const ajv = new Ajv({ allErrors: true });
  ajv.addKeyword('x-filter').addKeyword('x-unit');
  const validators = new Map(
    catalogue.categories
      .filter(({ level }) => level === 2)
      .map((category) => [category.id, ajv.compile(category.attributeSchema ?? {})]),
  );
  for (const spu of catalogue.spus) {
    const validate = validators.get(spu.categoryId);
    expect(validate?.(spu.attributes), `${spu.title}: ${JSON.stringify(validate?.errors)}`).toBe(true);
  }
});

it('X-11 takes the no-reason return off fresh food, underwear and what is not sent only', () => {
  const off = [
    ...new Set(
      catalogue.spus.filter(({ returnable }) => !returnable).map(({ categoryId }) => categoryById.get(categoryId)?.key),
    ),
  ];
  expect(off.sort()).toEqual(['fruit', 'rights', 'underwear', 'visit']);
  for (const spu of catalogue.spus) expect(spu.services.includes('7天无理由')).toBe(spu.returnable);
});

it('says nothing the advertising law forbids, and claims no sales in a title or selling point', () => {
  const forbidden =
    /国家级|最|第一|顶级|顶尖|极致|极品|独家|首选|唯一|万能|绝对|皇室|御用|百分百有效|100%有效|治疗|疗效|抗癌|除菌|抗菌/;
  const sales = /热销|热卖|销量|人手|\d+万/;
  for (const spu of catalogue.spus) {
    expect(spu.title + spu.brief).not.toMatch(sales);
    expect(spu.title + spu.brief + JSON.stringify(spu.detail)).not.toMatch(forbidden);
  }
  for (const { title, subtitle } of catalogue.banners) expect(title + subtitle).not.toMatch(forbidden);
  for (const shop of catalogue.shops) expect(shop.slogan + shop.serviceText).not.toMatch(forbidden);
  for (const { text } of catalogue.reviews) expect(text).not.toMatch(/治疗|疗效|微信|刷单/);
});

it('spreads publishing over 120 days and dates each review after its product appeared', () => {
  const published = new Map(catalogue.spus.map(({ id, publishedAt }) => [id, Date.parse(publishedAt)]));
  const times = [...published.values()];
  const days = (Math.max(...times) - Math.min(...times)) / 86_400_000;
  expect(days).toBeGreaterThan(100);
  expect(days).toBeLessThanOrEqual(120);
  for (const { spuId, createdAt } of catalogue.reviews)
    expect(Date.parse(createdAt)).toBeGreaterThan(published.get(spuId) as number);
});

it('counts a product’s rating from its own reviews and never more reviews than sales', () => {
  for (const spu of catalogue.spus) {
    const ratings = catalogue.reviews.filter(({ spuId }) => spuId === spu.id).map(({ rating }) => rating);
    expect(spu.rating.count).toBe(ratings.length);
    if (ratings.length)
      expect(spu.rating.average).toBeCloseTo(ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length, 1);
    expect(spu.salesCount).toBeGreaterThanOrEqual(ratings.length);
  }
});

it('masks every reviewer’s name and speaks of a SKU of the same product', () => {
  const skuIds = new Map(catalogue.spus.map((spu) => [spu.id, new Set(spu.skus.map(({ id }) => id))]));
  for (const review of catalogue.reviews) {
    expect(review.nickname).toContain('**');
    expect(skuIds.get(review.spuId)?.has(review.skuId)).toBe(true);
    expect(review.text.length).toBeGreaterThan(3);
  }
});

it('names a shape that exists for every product', () => {
  for (const { look, title } of catalogue.spus) expect(Object.keys(families), title).toContain(look.family);
});

it('is equal byte for byte at each build, keeps its ids on another day, and is built within 500 ms', () => {
  const hash = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
  const started = performance.now();
  const again = buildCatalogue();
  expect(performance.now() - started).toBeLessThan(500);
  expect(hash(again)).toBe(hash(catalogue));
  const later = buildCatalogue({ asOf: '2027-03-01T00:00:00.000Z' });
  expect(later.spus.map(({ id }) => id)).toEqual(catalogue.spus.map(({ id }) => id));
  expect(later.spus.map(({ publishedAt }) => publishedAt)).not.toEqual(
    catalogue.spus.map(({ publishedAt }) => publishedAt),
  );
});
