import { defineError } from '#platform/errors.ts';

export const carrierUnknown = defineError('fulfilment.carrier_unknown', 'unprocessable', '不支持这家快递公司');
export const waybillMismatch = defineError<{ carrierName: string }>(
  'fulfilment.waybill_mismatch',
  'unprocessable',
  ({ carrierName }) => `这不像是${carrierName}的运单号，请核对快递公司和单号`,
);
export const parcelExists = defineError('fulfilment.parcel_exists', 'conflict', '这个运单号已经录入过了');
export const parcelUnknown = defineError('fulfilment.parcel_not_found', 'not_found', '没有找到这个包裹');
export const alreadyUploaded = defineError('fulfilment.already_uploaded', 'conflict', '发货信息已上传成功，无需重试');
