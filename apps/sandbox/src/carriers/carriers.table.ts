/** One carrier under the names different services give it. WeChat's ids come from get_delivery_list, never from memory. */
export interface Carrier {
  kdniao: string;
  wechat: string;
  name: string;
  hotline: string;
  waybill: RegExp; // what its numbers look like, for number recognition
  makeWaybillNo: (digits: string) => string;
}

export const CARRIERS: readonly Carrier[] = [
  carrier('SF', 'SF', '顺丰速运', '95338', /^SF\d{13}$/, (digits) => `SF${digits.slice(0, 13)}`),
  carrier('ZTO', 'ZTO', '中通快递', '95311', /^(7[3-9])\d{12}$/, (digits) => `78${digits.slice(0, 12)}`),
  carrier('YTO', 'YTO', '圆通速递', '95554', /^YT\d{13}$/, (digits) => `YT${digits.slice(0, 13)}`),
  carrier('YD', 'YUNDA', '韵达速递', '95546', /^(43|46)\d{13}$/, (digits) => `43${digits.slice(0, 13)}`),
  carrier('STO', 'STO', '申通快递', '95543', /^77\d{13}$/, (digits) => `77${digits.slice(0, 13)}`),
  carrier('JD', 'JD', '京东物流', '950616', /^JD[A-Z0-9]{13}$/, (digits) => `JDV0${digits.slice(0, 11)}`),
  carrier('JTSD', 'JTSD', '极兔速递', '956025', /^JT\d{13}$/, (digits) => `JT${digits.slice(0, 13)}`),
  carrier('EMS', 'EMS', '中国邮政EMS', '11183', /^1[01]\d{11}$/, (digits) => `10${digits.slice(0, 11)}`),
  carrier('YZPY', 'YZPY', '邮政快递包裹', '11183', /^98\d{11}$/, (digits) => `98${digits.slice(0, 11)}`),
  carrier('DBL', 'DB', '德邦快递', '95353', /^DPK\d{12}$/, (digits) => `DPK${digits.slice(0, 12)}`),
  carrier('HTKY', 'BEST', '百世快递', '956025', /^55\d{13}$/, (digits) => `55${digits.slice(0, 13)}`),
  carrier('UC', 'UC', '优速快递', '95349', /^UC\d{10}$/, (digits) => `UC${digits.slice(0, 10)}`),
  carrier('KYSY', 'KYSY', '跨越速运', '95324', /^KY\d{13}$/, (digits) => `KY${digits.slice(0, 13)}`),
  carrier('ANE', 'ANE', '安能物流', '400-104-0088', /^3\d{14}$/, (digits) => `3${digits.slice(0, 14)}`),
];

function carrier(
  kdniao: string,
  wechat: string,
  name: string,
  hotline: string,
  waybill: RegExp,
  makeWaybillNo: Carrier['makeWaybillNo'],
): Carrier {
  return { kdniao, wechat, name, hotline, waybill, makeWaybillNo };
}

export const findCarrier = (kdniao: string): Carrier | undefined =>
  CARRIERS.find((carrier) => carrier.kdniao === kdniao);
export const findWechatCarrier = (wechat: string): Carrier | undefined =>
  CARRIERS.find((carrier) => carrier.wechat === wechat);
