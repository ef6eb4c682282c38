/** 商家券 of WeChat Pay v3 (busifavor). Signing and verifying belong to the client passed in. Never in a transaction. */

export interface WechatCall {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
}
export interface WechatPayClient {
  mchId: string;
  call<T>(request: WechatCall): Promise<T>;
  openNotice(
    rawBody: string,
    header: (name: string) => string | undefined,
  ): Promise<{ id: string; eventType: string; resource: unknown } | string>;
}
/** What a coupon is to WeChat. */
export interface StockOrder {
  name: string;
  comment: string;
  goods: string;
  threshold: number;
  off?: number;
  payPercent?: number;
  beginsAt: Date;
  endsAt: Date;
  daysAfterReceive?: number;
  maxCoupons: number;
  perUser: number;
}
export type WechatCouponGateway = ReturnType<typeof createWechatCouponGateway>;

const root = '/v3/marketing/busifavor';
export const couponNoticePath = '/api/notify/wechat-pay/coupon';
/** RFC 3339 with seconds, as the protocol wants it. */
const instant = (at: Date): string => at.toISOString().replace(/\.\d+Z$/, 'Z');

export function createWechatCouponGateway({
  client,
  appId,
  publicBaseUrl,
}: {
  client: WechatPayClient;
  appId: string;
  publicBaseUrl: string;
}) {
  const post = <T>(path: string, body: unknown): Promise<T> =>
    client.call<T>({ method: 'POST', path: root + path, body });
  return {
    openNotice: client.openNotice,

    /** The same number answers the same stock. */
    async createStock(no: string, stock: StockOrder): Promise<string> {
      const { threshold, off, payPercent, daysAfterReceive } = stock;
      const reply = await post<{ stock_id: string }>('/stocks', {
        stock_name: stock.name,
        belong_merchant: client.mchId,
        comment: stock.comment,
        goods_name: stock.goods,
        stock_type: off === undefined ? 'DISCOUNT' : 'NORMAL',
        coupon_use_rule: {
          coupon_available_time: {
            available_begin_time: instant(stock.beginsAt),
            available_end_time: instant(stock.endsAt),
            ...(daysAfterReceive !== undefined && { available_day_after_receive: daysAfterReceive }),
          },
          ...(off === undefined
            ? { discount_coupon: { discount_percent: payPercent, transaction_minimum: threshold } }
            : { fixed_normal_coupon: { discount_amount: off, transaction_minimum: threshold } }),
          use_method: 'MINI_PROGRAMS',
          mini_programs_appid: appId,
          mini_programs_path: 'packages/coupons/mine',
        },
        stock_send_rule: { max_coupons: stock.maxCoupons, max_coupons_per_user: stock.perUser },
        out_request_no: no,
        coupon_code_mode: 'MERCHANT_API',
        notify_config: { notify_appid: appId },
      });
      return reply.stock_id;
    },
    listenAt: () => post('/callbacks', { mchid: client.mchId, notify_url: publicBaseUrl + couponNoticePath }),

    send: (coupon: { openid: string; stockId: string; code: string; requestNo: string }) =>
      post('/coupons/send', {
        openid: coupon.openid,
        appid: appId,
        stock_id: coupon.stockId,
        out_request_no: coupon.requestNo,
        coupon_code: coupon.code,
      }),
    use: (coupon: { stockId: string; code: string; requestNo: string; at: Date }) =>
      post('/coupons/use', {
        coupon_code: coupon.code,
        stock_id: coupon.stockId,
        appid: appId,
        use_time: instant(coupon.at),
        use_request_no: coupon.requestNo,
      }),
    giveBack: (coupon: { stockId: string; code: string; requestNo: string }) =>
      post('/coupons/return', {
        coupon_code: coupon.code,
        stock_id: coupon.stockId,
        return_request_no: coupon.requestNo,
      }),
  };
}
