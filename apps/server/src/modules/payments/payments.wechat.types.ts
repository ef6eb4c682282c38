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
  /** Of a combined trade. */
  parts?: { outTradeNo: string; transactionId: string; total: number; subMchId: string }[];
}

/** What WeChat says of a combined trade (A8). */
export interface CombinedTransaction {
  combine_appid: string;
  combine_mchid: string;
  combine_out_trade_no: string;
  sub_orders: {
    mchid: string;
    sub_mchid?: string;
    out_trade_no: string;
    trade_state: Transaction['trade_state'];
    transaction_id?: string;
    success_time?: string;
    amount?: { total_amount: number; currency?: string };
  }[];
  combine_payer_info?: { openid?: string };
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
