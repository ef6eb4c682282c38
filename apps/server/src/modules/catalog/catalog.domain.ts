/** Pure rules: tags, what may be published, popularity, keyset positions. */

import type { ProductSort, ReasonTag } from '@xiaopu/contracts';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { dayMs } from '#platform/clock.ts';
import { cursorInvalid, type Obstacle } from './catalog.errors.ts';
import type { AttributeSchema, AttributeValue } from './catalog.tables.ts';

export interface TagRules {
  hotSoldCount: number;
  newDays: number;
}

export function tagsOf(
  spu: { soldCount: number; scarce: boolean; inStock: boolean; publishedAt: Date | null },
  { hotSoldCount, newDays }: TagRules,
  now: Date,
): ReasonTag[] {
  const tags: ReasonTag[] = [];
  if (spu.scarce && spu.inStock) tags.push('scarce');
  if (spu.soldCount >= hotSoldCount) tags.push('hot');
  if (spu.publishedAt && now.getTime() - spu.publishedAt.getTime() < newDays * dayMs) tags.push('new');
  return tags;
}

/** A tenfold of sales weighs as much as being this many days newer. */
const daysPerTenfold = 60;
export const popularity = (soldCount: number, publishedAt: Date | null): number =>
  Math.log10(1 + soldCount) + (publishedAt ? publishedAt.getTime() / dayMs / daysPerTenfold : 0);

export interface StockFlags {
  available: number;
  inStock: boolean;
  scarce: boolean;
}
/** A product is scarce when every SKU that can still be bought is: a full shelf of one colour is no "last few". */
export function stockFlags(levels: Iterable<{ available: number; safetyStock: number }>): StockFlags {
  let available = 0;
  let sellable = 0;
  let scarceOnes = 0;
  for (const level of levels) {
    if (level.available <= 0) continue;
    available += level.available;
    sellable += 1;
    if (isScarce(level)) scarceOnes += 1;
  }
  return { available, inStock: sellable > 0, scarce: sellable > 0 && scarceOnes === sellable };
}
export const isScarce = ({ available, safetyStock }: { available: number; safetyStock: number }): boolean =>
  available > 0 && available <= safetyStock;

const ajv = new Ajv({ allErrors: true, strict: false });
(addFormats as unknown as (ajv: Ajv) => void)(ajv);
const compiled = new WeakMap<AttributeSchema, ValidateFunction>();

/** Faults of a product's attributes by its category's JSON Schema (C04-TECH-14), in the merchant's words. */
export function attributeObstacles(schema: AttributeSchema, attributes: Record<string, AttributeValue>): Obstacle[] {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  if (validate(attributes)) return [];
  const titleOf = (key: string) => schema.properties[key]?.title ?? key;
  return (validate.errors ?? []).map(({ keyword, params, instancePath }) => {
    const named = params as {
      missingProperty?: string;
      additionalProperty?: string;
      allowedValues?: unknown[];
      limit?: number;
      comparison?: string;
    };
    const key = named.missingProperty ?? named.additionalProperty ?? instancePath.slice(1);
    const title = titleOf(key);
    const message =
      keyword === 'required'
        ? `请填写${title}`
        : keyword === 'additionalProperties'
          ? `这个分类没有「${title}」`
          : keyword === 'enum'
            ? `${title}只能是${(named.allowedValues ?? []).join('、')}`
            : keyword === 'type'
              ? `${title}的格式不对`
              : named.limit !== undefined
                ? `${title}须${named.comparison === '>=' ? '不小于' : '不大于'} ${named.limit}`
                : `${title}不符合要求`;
    return { field: `attributes.${key}`, message };
  });
}

export interface PublishCandidate {
  gallerySize: number;
  skus: { skuCode: string; salePrice: number; listPrice: number }[];
  attributes: Record<string, AttributeValue>;
  schema: AttributeSchema;
}
export function publishObstacles({ gallerySize, skus, attributes, schema }: PublishCandidate): Obstacle[] {
  const obstacles: Obstacle[] = [];
  if (gallerySize === 0) obstacles.push({ field: 'gallery', message: '至少上传一张主图' });
  if (skus.length === 0) obstacles.push({ field: 'skus', message: '至少要有一个规格' });
  for (const { skuCode, salePrice, listPrice } of skus) {
    if (salePrice < 1 || listPrice < salePrice) obstacles.push({ field: 'skus', message: `请检查价格：${skuCode}` });
  }
  return [...obstacles, ...attributeObstacles(schema, attributes)];
}

export const skuSpecText = (specNames: readonly string[], specs: readonly string[]): string =>
  specs.length === 0
    ? '默认'
    : specs.map((value, index) => `${specNames[index] ?? ''}：${value}`.replace(/^：/, '')).join('，');

/** What each order continues after: the sort's columns and the id, as one row comparison. */
export type Position = (string | number | boolean)[];
export type ListOrder = ProductSort | 'relevance';

const positionLength: Record<ListOrder, number> = {
  default: 3,
  sales: 2,
  newest: 2,
  price_asc: 2,
  price_desc: 2,
  relevance: 2,
};
export const encodeCursor = (order: ListOrder, position: Position): string =>
  Buffer.from(JSON.stringify([order, ...position])).toString('base64url');
export function decodeCursor(order: ListOrder, cursor: string): Position {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw cursorInvalid();
  }
  if (!Array.isArray(parsed) || parsed[0] !== order) throw cursorInvalid();
  const position = parsed.slice(1) as Position;
  const types = positionTypes[order];
  if (position.length !== positionLength[order] || position.some((value, index) => typeof value !== types[index]))
    throw cursorInvalid();
  if (!/^[0-9a-f-]{36}$/.test(String(position.at(-1)))) throw cursorInvalid();
  if (order === 'newest' && Number.isNaN(Date.parse(String(position[0])))) throw cursorInvalid();
  return position;
}
const positionTypes: Record<ListOrder, string[]> = {
  default: ['boolean', 'number', 'string'],
  sales: ['number', 'string'],
  newest: ['string', 'string'],
  price_asc: ['number', 'string'],
  price_desc: ['number', 'string'],
  relevance: ['number', 'string'],
};

/** `key:value` filters by key: values of one key are alternatives, keys combine. */
export function groupFilters(filters: readonly string[] = []): Map<string, string[]> {
  const byKey = new Map<string, string[]>();
  for (const filter of filters) {
    const at = filter.indexOf(':');
    if (at < 1 || at === filter.length - 1) continue;
    const key = filter.slice(0, at);
    byKey.set(key, [...(byKey.get(key) ?? []), filter.slice(at + 1)]);
  }
  return byKey;
}

/** Texts that begin with this one lie between both, byte by byte. */
export const beginningWith = (text: string): { from: string; below: string } => ({
  from: text,
  below: `${text}\u{10ffff}`,
});

/** What was typed as the beginning of a code; undefined: no code looks like this. */
export function codePrefixOf(typed: string): { from: string; below: string } | undefined {
  const text = typed.trim().toLowerCase();
  const isCode = /^[\p{L}\p{N}._/#-]+$/u.test(text) && !/\p{Script=Han}/u.test(text);
  return isCode ? beginningWith(text) : undefined;
}

/** A text from the URL as the attribute may be stored. */
export function storedForms(value: string): AttributeValue[] {
  const forms: AttributeValue[] = [value];
  if (/^-?\d+(\.\d+)?$/.test(value)) forms.push(Number(value));
  if (value === 'true' || value === 'false') forms.push(value === 'true');
  return forms;
}
