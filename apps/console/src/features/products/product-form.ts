/** The product form's state, its checks, and its way to and from the API. Pure. */
import type { GoodsTerms } from '@xiaopu/contracts';
import type { ConsoleProduct, ProductInput } from '@xiaopu/contracts/console';
import { type AttributeField, attributeErrors, cleanAttributes } from './attribute-schema.ts';
import { blankRow, MAX_SKUS, type SkuRow, type Spec, specsOf } from './sku-matrix.ts';

type Picture = ConsoleProduct['gallery'][number];
export type Block = ConsoleProduct['detail'][number] & { id: number };

export interface ProductForm {
  title: string;
  brief: string;
  categoryId: string;
  gallery: Picture[];
  video: ConsoleProduct['video'];
  specs: Spec[];
  skus: SkuRow[];
  attributes: Record<string, unknown>;
  services: string[];
  detail: Block[];
  shipsFrom: string;
  /** null: physical goods. */
  goods: GoodsTerms | null;
}

let blockId = 0;
/** Detail blocks have no id on the wire; the editor needs one to move them without losing focus. */
export const nextBlockId = (): number => ++blockId;

export const newCode = (now: Date): string => `XP${now.getTime().toString(36).toUpperCase()}`;

export function emptyForm(codePrefix: string): ProductForm {
  return {
    title: '',
    brief: '',
    categoryId: '',
    gallery: [],
    video: null,
    specs: [],
    skus: [blankRow([], `${codePrefix}-1`)],
    attributes: {},
    services: ['七天无理由退货'],
    detail: [],
    shipsFrom: '',
    goods: null,
  };
}

export function fromProduct(product: ConsoleProduct): ProductForm {
  return {
    title: product.title,
    brief: product.brief,
    categoryId: product.categoryId,
    gallery: [...product.gallery],
    video: product.video,
    specs: specsOf(product),
    skus: product.skus.map((sku) => ({
      skuId: sku.skuId,
      specs: [...sku.specs],
      skuCode: sku.skuCode,
      salePrice: sku.salePrice,
      listPrice: sku.listPrice,
      cost: sku.cost,
      weightGrams: sku.weightGrams,
      barcode: sku.barcode,
      pictureMediaId: sku.picture?.mediaId ?? null,
      pictureUrl: sku.picture?.webp.w320 ?? null,
      initialStock: 0,
      available: sku.available,
    })),
    attributes: { ...product.attributes },
    services: [...product.services],
    detail: (JSON.parse(JSON.stringify(product.detail)) as ConsoleProduct['detail']).map((block) => ({
      ...block,
      id: nextBlockId(),
    })),
    shipsFrom: product.shipsFrom,
    goods: JSON.parse(JSON.stringify(product.goods)) as GoodsTerms | null,
  };
}

export type FormErrors = Record<string, string>;

export function check(form: ProductForm, fields: readonly AttributeField[], forPublish: boolean): FormErrors {
  const errors: FormErrors = {};
  const title = form.title.trim();
  if (title.length < 2 || title.length > 60) errors.title = '标题为 2–60 个字';
  if (!form.categoryId) errors.categoryId = '请选择分类';
  if (form.specs.some((spec) => !spec.name.trim())) errors.specs = '规格名不能为空';
  else if (form.specs.some((spec) => spec.values.length === 0))
    errors.specs = '每个规格至少要有一个值，不用的规格请删除';
  else if (new Set(form.specs.map((spec) => spec.name.trim())).size < form.specs.length)
    errors.specs = '规格名不能重复';
  if (form.skus.length > MAX_SKUS) errors.specs = `规格组合有 ${form.skus.length} 个，最多 ${MAX_SKUS} 个`;
  const codes = form.skus.map((sku) => sku.skuCode.trim());
  for (const [index, sku] of form.skus.entries()) {
    if (!codes[index]) errors[`skus.${index}.skuCode`] = '请填写编码';
    else if (codes.indexOf(codes[index]) !== index) errors[`skus.${index}.skuCode`] = '编码重复';
    if (!sku.salePrice) errors[`skus.${index}.salePrice`] = '请填写售价';
    if (sku.salePrice && sku.listPrice !== null && sku.listPrice < sku.salePrice)
      errors[`skus.${index}.listPrice`] = '划线价不能低于售价';
  }
  const goodsFault = form.goods && faultOf(form.goods);
  if (goodsFault) errors.goods = goodsFault;
  if (forPublish) {
    if (form.gallery.length === 0) errors.gallery = '上架前至少放一张商品图';
    for (const [key, message] of Object.entries(attributeErrors(fields, form.attributes)))
      errors[`attributes.${key}`] = message;
  }
  return errors;
}

function faultOf(goods: GoodsTerms): string | null {
  if (goods.kind === 'virtual') return goods.delivery === 'access' && !goods.content.trim() ? '请填写发放内容' : null;
  if (goods.places.some(({ name }) => !name.trim())) return '请填写服务地点的名字';
  if (goods.weekdays.length === 0) return '至少选一天可约';
  return goods.opens >= goods.closes ? '结束时间要晚于开始时间' : null;
}
const tidyGoods = (goods: GoodsTerms): GoodsTerms =>
  goods.kind === 'virtual'
    ? { ...goods, content: goods.content.trim() }
    : {
        ...goods,
        weekdays: [...goods.weekdays].sort(),
        places: goods.places.map(({ name, address }) => ({ name: name.trim(), address: address.trim() })),
      };

export function toInput(
  form: ProductForm,
  fields: readonly AttributeField[],
  version: number | undefined,
): ProductInput {
  return {
    title: form.title.trim(),
    brief: form.brief.trim(),
    categoryId: form.categoryId,
    galleryMediaIds: form.gallery.map((picture) => picture.mediaId),
    video: form.video ? { url: form.video.url, posterMediaId: form.video.poster.mediaId } : null,
    specNames: form.specs.map((spec) => spec.name.trim()),
    skus: form.skus.map((sku) => ({
      ...(sku.skuId ? { skuId: sku.skuId } : { initialStock: sku.initialStock }),
      skuCode: sku.skuCode.trim(),
      specs: sku.specs,
      salePrice: sku.salePrice ?? 0,
      // without a list price nothing is struck through: both are the same
      listPrice: sku.listPrice ?? sku.salePrice ?? 0,
      cost: sku.cost ?? 0,
      weightGrams: sku.weightGrams,
      ...(sku.barcode.trim() ? { barcode: sku.barcode.trim() } : {}),
      pictureMediaId: sku.pictureMediaId,
    })),
    attributes: cleanAttributes(fields, form.attributes),
    services: form.services,
    detail: form.detail.map(({ id: _, ...block }) =>
      block.kind === 'picture' ? { kind: 'picture', mediaId: block.mediaId } : block,
    ),
    shipsFrom: form.shipsFrom.trim(),
    goods: form.goods && tidyGoods(form.goods),
    ...(version === undefined ? {} : { version }),
  };
}
