/** Carriers a merchant may choose, under the names each service gives them (F3 of the protocol notes). */

export interface CarrierEntry {
  /** Ours: what parcels store. */
  code: string;
  name: string;
  /** WeChat's delivery_id for the shipping upload. */
  wechatCode: string;
  kdniaoCode: string;
  /** What its numbers look like: a wrong paste is caught before it is stored. */
  waybillPattern: string;
  hotline: string;
  /** Takes large and heavy goods (C04-INT-10). */
  isHeavy: boolean;
}

const carrier = (
  code: string,
  name: string,
  [wechatCode, kdniaoCode]: readonly [string, string],
  waybillPattern: string,
  hotline: string,
  isHeavy = false,
): CarrierEntry => ({ code, name, wechatCode, kdniaoCode, waybillPattern, hotline, isHeavy });

export const carriers: readonly CarrierEntry[] = [
  carrier('SF', '顺丰速运', ['SF', 'SF'], '^SF\\d{12,15}$|^\\d{12}$', '95338'),
  carrier('ZTO', '中通快递', ['ZTO', 'ZTO'], '^7[3-9]\\d{12}$|^(2|5|6)\\d{11}$', '95311'),
  carrier('YTO', '圆通速递', ['YTO', 'YTO'], '^YT\\d{13}$|^[A-Z]\\d{9}$', '95554'),
  carrier('YUNDA', '韵达速递', ['YUNDA', 'YD'], '^(31|43|46)\\d{11,13}$', '95546'),
  carrier('STO', '申通快递', ['STO', 'STO'], '^77\\d{11,13}$|^(3|4|8)\\d{11}$', '95543'),
  carrier('JD', '京东物流', ['JD', 'JD'], '^JD[A-Z0-9]{11,18}$', '950616'),
  carrier('JTSD', '极兔速递', ['JTSD', 'JTSD'], '^JT\\d{13}$', '956025'),
  carrier('EMS', '中国邮政EMS', ['EMS', 'EMS'], '^1[01]\\d{11}$|^E[A-Z]\\d{9}[A-Z]{2}$', '11183'),
  carrier('YZPY', '邮政快递包裹', ['YZPY', 'YZPY'], '^9[89]\\d{11}$', '11183'),
  carrier('DBL', '德邦快递', ['DB', 'DBL'], '^DPK\\d{9,15}$|^\\d{10}$', '95353', true),
  carrier('UC', '优速快递', ['UC', 'UC'], '^UC\\d{8,15}$|^(51|52|81|82)\\d{10}$', '95349'),
  carrier('HTKY', '百世快递', ['BEST', 'HTKY'], '^55\\d{13}$|^(A|B|D|E)\\d{12}$', '956025'),
  carrier('KYSY', '跨越速运', ['KYSY', 'KYSY'], '^KY\\d{11,15}$', '95324', true),
  carrier('ANE', '安能物流', ['ANE', 'ANE'], '^3\\d{14}$|^\\d{14}$', '400-104-0088', true),
];

const byCode = new Map(carriers.map((entry) => [entry.code, entry]));
const patterns = new Map(carriers.map(({ code, waybillPattern }) => [code, new RegExp(waybillPattern)]));

export const findCarrier = (code: string): CarrierEntry | undefined => byCode.get(code);
/** Numbers as people paste them: blanks out, letters up. */
export const tidyWaybillNo = (waybillNo: string): string => waybillNo.replaceAll(/\s/g, '').toUpperCase();
export const fitsCarrier = (code: string, waybillNo: string): boolean =>
  patterns.get(code)?.test(tidyWaybillNo(waybillNo)) ?? false;
/** Whose number it may be, most usual carrier first. */
export const recogniseCarriers = (waybillNo: string): CarrierEntry[] =>
  carriers.filter(({ code }) => fitsCarrier(code, waybillNo));
