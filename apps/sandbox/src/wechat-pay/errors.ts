/** The documented error numbers at the end of Request-ID; branch on `code`, never on these. */
const INTERNAL_NUMBERS: Record<string, string> = {
  SIGN_ERROR: '268443699',
  ORDER_NOT_EXIST: '268512771',
  ORDERPAID: '268449538',
  ORDER_PAID: '268449538',
  OUT_TRADE_NO_USED: '268498688',
  APPID_MCHID_NOT_MATCH: '268445527',
  FREQUENCY_LIMITED: '268447840',
  RATELIMIT_EXCEEDED: '268447840',
};

export interface PayErrorDetail {
  field: string;
  value: unknown;
  issue: string;
  location: 'body' | 'query' | 'url';
}

export class PayError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: PayErrorDetail | undefined;

  constructor(status: number, code: string, message: string, detail?: PayErrorDetail) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }

  get internalNumber(): string {
    return INTERNAL_NUMBERS[this.code] ?? '0';
  }

  toBody(): Record<string, unknown> {
    const { code, message, detail } = this;
    return detail ? { code, detail, message } : { code, message };
  }
}

export const signError = (message = '签名错误'): PayError => new PayError(401, 'SIGN_ERROR', message);
export const invalidRequest = (message: string): PayError => new PayError(400, 'INVALID_REQUEST', message);
export const parameterError = (message: string, detail?: PayErrorDetail): PayError =>
  new PayError(400, 'PARAM_ERROR', message, detail);
export const orderMissing = (): PayError => new PayError(404, 'ORDER_NOT_EXIST', '订单不存在');
export const systemError = (): PayError => new PayError(500, 'SYSTEM_ERROR', '系统异常，请稍后重试');
