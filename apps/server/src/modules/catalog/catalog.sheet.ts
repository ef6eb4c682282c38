/** The product sheet: one row a SKU, rows of one product share its code. What each column means, both ways. Pure. */
import type { ProductInput, SkuInput } from '@xiaopu/contracts/console';
import type { CategoryRecord } from './catalog.categories.ts';
import { readGoods } from './catalog.goods.ts';
import type { AttributeValue, ImportError, ImportProduct } from './catalog.tables.ts';
import type { Cell } from './catalog.xlsx.ts';

export const columns = [
  { key: 'spuCode', title: '商品编码*', width: 14 },
  { key: 'title', title: '商品标题*', width: 36 },
  { key: 'brief', title: '卖点', width: 28 },
  { key: 'category', title: '分类*', width: 18 },
  { key: 'specNames', title: '规格名', width: 14 },
  { key: 'specs', title: '规格值', width: 18 },
  { key: 'skuCode', title: 'SKU编码*', width: 16 },
  { key: 'salePrice', title: '售价(元)*', width: 10 },
  { key: 'listPrice', title: '划线价(元)', width: 10 },
  { key: 'cost', title: '成本(元)', width: 10 },
  { key: 'weightGrams', title: '重量(克)', width: 10 },
  { key: 'barcode', title: '条码', width: 16 },
  { key: 'stock', title: '库存', width: 8 },
  { key: 'attributes', title: '属性', width: 36 },
  { key: 'services', title: '服务', width: 24 },
  { key: 'shipsFrom', title: '发货地', width: 10 },
  { key: 'pictures', title: '图片编号', width: 40 },
  { key: 'goods', title: '商品类型', width: 10 },
  { key: 'goodsTerms', title: '类型设置', width: 40 },
] as const;
type Key = (typeof columns)[number]['key'];
type Values = Record<Key, Cell>;
const titleOf = Object.fromEntries(columns.map(({ key, title }) => [key, title])) as Record<Key, string>;

export const exampleRows: Cell[][] = [
  [
    'DEMO-01',
    '示例 纯棉四件套',
    '亲肤透气',
    '床品家纺/床品套件',
    '颜色/尺寸',
    '米白/1.5m',
    'DEMO-01-A',
    299,
    399,
    120,
    2600,
    '',
    50,
    '材质=纯棉;适用季节=四季',
    '7天无理由、包邮',
    '杭州',
    '',
    '实物',
    '',
  ],
  ['DEMO-01', '', '', '', '', '米白/1.8m', 'DEMO-01-B', 329, 429, 130, 2800, '', 50, '', '', '', '', '', ''],
];

export interface SheetContext {
  categories: readonly CategoryRecord[];
}

export interface CheckedSheet {
  rows: number;
  validRows: number;
  products: ImportProduct[];
  errors: ImportError[];
}

class Refusal extends Error {
  readonly key: Key;
  constructor(key: Key, message: string) {
    super(message);
    this.key = key;
  }
}

/** Reads every row and names every fault by row and column; a product with a faulty row is left out whole. */
export function checkSheet(cells: Cell[][], context: SheetContext): CheckedSheet {
  const [header = [], ...body] = cells;
  const place = new Map<Key, number>();
  for (const { key, title } of columns) {
    const at = header.findIndex((cell) => cell !== null && plain(String(cell)) === plain(title));
    if (at >= 0) place.set(key, at);
  }
  const missing = columns.filter(({ key, title }) => title.endsWith('*') && !place.has(key));
  if (missing.length > 0) {
    return {
      rows: 0,
      validRows: 0,
      products: [],
      errors: missing.map(({ title }) => ({ row: 1, column: title, message: '缺少这一列，请使用下载的模板' })),
    };
  }
  const rows = body
    .map((line, index) => ({
      row: index + 2,
      values: Object.fromEntries(columns.map(({ key }) => [key, line[place.get(key) ?? -1] ?? null])) as Values,
    }))
    .filter(({ values }) => Object.values(values).some((cell) => cell !== null));

  const errors: ImportError[] = [];
  const products: ImportProduct[] = [];
  const skuCodes = new Map<string, number>();
  let validRows = 0;
  const groups = Map.groupBy(rows, ({ values, row }) => text(values.spuCode) || `row ${row}`);
  for (const [spuCode, members] of groups) {
    const before = errors.length;
    const [first] = members;
    if (!first) continue;
    const input = collect(first.row, errors, () => readProduct(first.values, context));
    const skus = members.flatMap(({ row, values }) => {
      const sku = collect(row, errors, () => readSku(values, input?.specNames.length));
      const code = text(values.skuCode);
      const earlier = skuCodes.get(code);
      if (code && earlier !== undefined)
        errors.push({ row, column: titleOf.skuCode, message: `与第 ${earlier} 行重复` });
      else if (code) skuCodes.set(code, row);
      return sku ?? [];
    });
    const seen = new Set<string>();
    for (const [index, { specs }] of skus.entries()) {
      const key = specs.join('/');
      if (seen.has(key))
        errors.push({
          row: members[index]?.row ?? first.row,
          column: titleOf.specs,
          message: '与同一商品的另一行规格相同',
        });
      seen.add(key);
    }
    if (errors.length > before || !input) continue;
    products.push({ spuCode, row: first.row, rows: members.length, input: { ...input, skus } });
    validRows += members.length;
  }
  return { rows: rows.length, validRows, products, errors };
}

/** Runs a reader; what it refuses becomes an error of that row. */
function collect<T>(row: number, errors: ImportError[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    errors.push({ row, column: titleOf[error.key], message: error.message });
    return undefined;
  }
}

function readProduct(values: Values, { categories }: SheetContext): Omit<ProductInput, 'skus'> {
  required(values, 'spuCode', 40);
  const title = required(values, 'title', 60);
  if (title.length < 2) throw new Refusal('title', '至少 2 个字');
  const category = findCategory(required(values, 'category', 60), categories);
  const specNames = list(values.specNames, '/');
  if (specNames.length > 3 || specNames.some((name) => name.length > 12))
    throw new Refusal('specNames', '最多 3 个规格名，每个不超过 12 个字');
  const services = list(values.services, '、');
  if (services.length > 8 || services.some((service) => service.length > 20))
    throw new Refusal('services', '最多 8 项，每项不超过 20 个字');
  const galleryMediaIds = list(values.pictures, ',');
  if (galleryMediaIds.length > 9 || galleryMediaIds.some((id) => !/^[0-9a-f-]{36}$/.test(id))) {
    throw new Refusal('pictures', '请填素材库中的图片编号，最多 9 个，用逗号分隔');
  }
  return {
    title,
    brief: limited(values, 'brief', 60),
    categoryId: category.categoryId,
    galleryMediaIds,
    video: null,
    specNames,
    attributes: readAttributes(text(values.attributes), category),
    services,
    detail: [],
    shipsFrom: limited(values, 'shipsFrom', 20),
    goods: readGoods(text(values.goods), text(values.goodsTerms), (fault) => new Refusal('goodsTerms', fault)),
  };
}

function readSku(values: Values, specCount: number | undefined): SkuInput {
  const specs = list(values.specs, '/');
  if (specCount !== undefined && specs.length !== specCount)
    throw new Refusal('specs', `需要 ${specCount} 个规格值，用 / 分隔`);
  if (specs.some((value) => value.length > 30)) throw new Refusal('specs', '每个规格值不超过 30 个字');
  const salePrice = fen(values, 'salePrice');
  if (salePrice === undefined || salePrice < 1) throw new Refusal('salePrice', '请填写大于 0 的价格');
  const listPrice = fen(values, 'listPrice') ?? salePrice;
  if (listPrice < salePrice) throw new Refusal('listPrice', '不能低于售价');
  return {
    skuCode: required(values, 'skuCode', 40),
    specs,
    salePrice,
    listPrice,
    cost: fen(values, 'cost') ?? 0,
    weightGrams: whole(values, 'weightGrams') ?? 0,
    barcode: limited(values, 'barcode', 20),
    initialStock: whole(values, 'stock') ?? 0,
  };
}

const plain = (title: string): string => title.replace(/[*\s]/g, '');
const text = (cell: Cell): string => (cell === null ? '' : String(cell).trim());
const list = (cell: Cell, separator: string): string[] =>
  text(cell)
    .split(separator === ',' ? /[,，\s]+/ : separator === '、' ? /[、,，]/ : separator)
    .map((part) => part.trim())
    .filter(Boolean);

function limited(values: Values, key: Key, length: number): string {
  const value = text(values[key]);
  if (value.length > length) throw new Refusal(key, `不超过 ${length} 个字`);
  return value;
}
function required(values: Values, key: Key, length: number): string {
  const value = limited(values, key, length);
  if (value === '') throw new Refusal(key, '不能为空');
  return value;
}

/** Yuan as written, exact to the fen. */
function fen(values: Values, key: Key): number | undefined {
  const written = text(values[key]).replace(/^[¥￥]/, '');
  if (written === '') return undefined;
  const amount = Number(written);
  const rounded = Math.round(amount * 100);
  if (!Number.isFinite(amount) || amount < 0 || rounded > 2_000_000_000) throw new Refusal(key, '请填写金额，如 99.90');
  if (Math.abs(amount * 100 - rounded) > 1e-6) throw new Refusal(key, '最多两位小数');
  return rounded;
}
function whole(values: Values, key: Key): number | undefined {
  const written = text(values[key]);
  if (written === '') return undefined;
  if (!/^\d{1,9}$/.test(written)) throw new Refusal(key, '请填写整数');
  return Number(written);
}

function findCategory(name: string, categories: readonly CategoryRecord[]): CategoryRecord {
  const [parentName, leafName] = name.includes('/') ? name.split('/').map((part) => part.trim()) : [undefined, name];
  const found = categories.filter(
    (category) =>
      category.parentId !== null &&
      category.name === leafName &&
      (parentName === undefined ||
        categories.some(({ categoryId, name: parent }) => categoryId === category.parentId && parent === parentName)),
  );
  if (found.length === 0) throw new Refusal('category', `没有二级分类「${name}」`);
  if (found.length > 1) throw new Refusal('category', `有多个「${name}」，请写成 一级/二级`);
  return found[0] as CategoryRecord;
}

/** `材质=纯棉;支数=60` by the titles of the category's schema. Values themselves are judged when publishing. */
function readAttributes(written: string, { attributeSchema, name }: CategoryRecord): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const pair of written
    .split(/[;；]/)
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [title = '', value = ''] = pair.split(/[=＝]/).map((part) => part.trim());
    const entry = Object.entries(attributeSchema.properties).find(([, property]) => property.title === title);
    if (!entry) throw new Refusal('attributes', `分类「${name}」没有属性「${title}」`);
    if (value === '') throw new Refusal('attributes', `「${title}」没有填值`);
    const [key, property] = entry;
    if (property.enum && !property.enum.map(String).includes(value))
      throw new Refusal('attributes', `「${title}」只能是${property.enum.join('、')}`);
    if (property.type === 'integer' || property.type === 'number') {
      const amount = Number(value);
      if (!Number.isFinite(amount)) throw new Refusal('attributes', `「${title}」应为数字`);
      attributes[key] = amount;
    } else if (property.type === 'boolean') {
      if (value !== '是' && value !== '否') throw new Refusal('attributes', `「${title}」请填 是 或 否`);
      attributes[key] = value === '是';
    } else attributes[key] = value;
  }
  return attributes;
}

export const attributeText = (
  attributes: Record<string, AttributeValue>,
  { attributeSchema }: CategoryRecord,
): string =>
  Object.entries(attributes)
    .map(
      ([key, value]) =>
        `${attributeSchema.properties[key]?.title ?? key}=${typeof value === 'boolean' ? (value ? '是' : '否') : value}`,
    )
    .join(';');
