import { randomHex } from '../platform/random.ts';

/** api.weixin.qq.com answers 200 with an errcode, whatever happened. */
export class ApiError extends Error {
  readonly errcode: number;

  constructor(errcode: number, errmsg: string) {
    super(errmsg);
    this.errcode = errcode;
  }

  toBody(): Record<string, unknown> {
    return { errcode: this.errcode, errmsg: `${this.message} rid: ${randomHex(4)}-${randomHex(4)}-${randomHex(4)}` };
  }
}

const TEXTS: Record<number, string> = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest,',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40029: 'invalid code',
  40037: 'invalid template_id',
  40066: 'invalid url',
  40097: 'invalid args',
  40125: 'invalid appsecret',
  40129: 'invalid scene',
  40163: 'code been used',
  40169: 'invalid length for scene, or the data is not json string',
  40226: 'code blocked',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  41030: 'invalid page',
  42001: 'access_token expired',
  42003: 'code expired',
  43002: 'require POST method',
  43101: 'user refuse to accept the msg',
  43104: 'openid not match appid',
  44002: 'empty post data',
  44991: 'reach minute quota limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  47001: 'data format error',
  47003: 'argument invalid!',
  48001: 'api unauthorized',
  61010: 'code is expired',
  87009: 'invalid signature',
  10060001: '支付单不存在',
};

export const apiError = (errcode: number, detail?: string): ApiError =>
  new ApiError(errcode, detail ?? TEXTS[errcode] ?? 'system error');
