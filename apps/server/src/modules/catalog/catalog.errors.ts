import { defineError } from '#platform/errors.ts';

export const productNotFound = defineError('catalog.product_not_found', 'not_found', '商品不存在或已删除');
export const categoryNotFound = defineError('catalog.category_not_found', 'not_found', '分类不存在');
export const bannerTargetGone = defineError<{ titles: string[] }>(
  'catalog.banner_target_gone',
  'unprocessable',
  '轮播图要去的商品、分类或店铺不存在',
);
export const decorationForbidden = defineError(
  'catalog.decoration_forbidden',
  'forbidden',
  '首页和分类由所有店铺共用，需要在每家店铺都有装修权限',
);
export const cursorInvalid = defineError('catalog.cursor_invalid', 'invalid', '翻页位置已失效，请刷新');
export const editConflict = defineError<{ currentVersion: number }>(
  'catalog.edit_conflict',
  'conflict',
  '商品已被他人修改，请刷新后再编辑',
);
export const pictureUnknown = defineError<{ mediaIds: string[] }>(
  'catalog.picture_unknown',
  'unprocessable',
  '有图片不存在或不属于本店',
);
export const categoryRefused = defineError('catalog.category_refused', 'unprocessable', '请选择二级分类');
export const specsMismatch = defineError<{ skuCode: string }>(
  'catalog.specs_mismatch',
  'unprocessable',
  ({ skuCode }) => `规格值与规格名不一致，或与其他规格重复：${skuCode}`,
);
export const skuCodeTaken = defineError<{ skuCodes: string[] }>(
  'catalog.sku_code_taken',
  'unprocessable',
  ({ skuCodes }) => `SKU 编码重复：${skuCodes.join('、')}`,
);
export const priceRefused = defineError<{ skuCode: string }>(
  'catalog.price_refused',
  'unprocessable',
  ({ skuCode }) => `划线价不能低于售价：${skuCode}`,
);
export const skuUnknown = defineError<{ skuId: string }>(
  'catalog.sku_unknown',
  'unprocessable',
  '有规格不属于这个商品',
);

export interface Obstacle {
  field: string;
  message: string;
}
/** Everything that stands between a draft and the shelf, at once. */
export const publishRefused = defineError<{ obstacles: Obstacle[] }>(
  'catalog.publish_refused',
  'unprocessable',
  ({ obstacles }) => obstacles.map(({ message }) => message).join('；'),
);

export const importNotFound = defineError('catalog.import_not_found', 'not_found', '导入任务不存在');
export const importNotReady = defineError('catalog.import_not_ready', 'conflict', '这个任务现在不能导入');
export const importFileMissing = defineError(
  'catalog.import_file_missing',
  'invalid',
  '请选择一个 Excel 文件（.xlsx）',
);
export const importFileRefused = defineError(
  'catalog.import_file_refused',
  'unprocessable',
  '无法读取，请使用下载的模板（.xlsx）',
);
export const importTooLarge = defineError<{ maxRows: number }>(
  'catalog.import_too_large',
  'too_large',
  ({ maxRows }) => `一次最多导入 ${maxRows} 行，请分成几个文件`,
);
export const goodsRefused = defineError<{ fault: string }>(
  'catalog.goods_refused',
  'unprocessable',
  ({ fault }) => fault,
);
