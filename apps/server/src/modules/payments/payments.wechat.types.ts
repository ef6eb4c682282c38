/** What WeChat Pay says, as far as we read it. Fields are WeChat's own names. */
export interface Transaction {
  appid: string;
  mchid: string;
  out_trade_no: string;
  transaction_id?: string;
  trade_state: 'NOTPAY' | 'SUCCESS' | 'CLOSED' | 'REFUND' | 'USERPAYING' | 'REVOKED' | 'PAYERROR';
  success_time?: string;
  amount?: { total: number; currency?: string };
  payer?: { openid?: string };
}

export interface WechatRefund {
  refund_id: string;
  out_refund_no: string;
  out_trade_no: string;
  status: 'SUCCESS' | 'CLOSED' | 'PROCESSING' | 'ABNORMAL';
  success_time?: string;
  amount: { total: number; refund: number };
}

/** A refund notice says `refund_status` where a query says `status`. */
export interface RefundNotice extends Omit<WechatRefund, 'status'> {
  mchid: string;
  refund_status: 'SUCCESS' | 'CLOSED' | 'ABNORMAL';
}

export interface Notice {
  id: string;
  eventType: string;
  resource: unknown;
}
