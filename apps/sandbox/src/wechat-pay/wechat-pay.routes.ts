import type { FastifyInstance } from 'fastify';
import { toRfc3339 } from '../platform/clock.ts';
import { journalExchanges } from '../platform/journal.ts';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';
import { type Bills, billFile } from './bills.ts';
import type { Combine } from './combine.ts';
import { invalidRequest, PayError, parameterError } from './errors.ts';
import { guardPayRoutes } from './gatekeeper.ts';
import { nativeCodeUrl, type Orders } from './orders.ts';
import { PRODUCT_PATHS, type ProductParts, productRoutes } from './products.routes.ts';
import type { Refunds } from './refunds.ts';
import { seal } from './signature.ts';
import type { PayOrder } from './tables.ts';

export interface PayParts {
  orders: Orders;
  refunds: Refunds;
  bills: Bills;
  combine: Combine;
  products: ProductParts;
}

const KNOWN_PATHS = [
  /^\/v3\/certificates$/,
  /^\/v3\/pay\/transactions\/(jsapi|h5|native)$/,
  /^\/v3\/pay\/transactions\/(id|out-trade-no)\/[^/]+$/,
  /^\/v3\/pay\/transactions\/out-trade-no\/[^/]+\/close$/,
  /^\/v3\/combine-transactions\/(jsapi|h5|native)$/,
  /^\/v3\/combine-transactions\/out-trade-no\/[^/]+(\/close)?$/,
  /^\/v3\/refund\/domestic\/refunds(\/[^/]+(\/apply-abnormal-refund)?)?$/,
  /^\/v3\/bill\/(tradebill|fundflowbill)$/,
  /^\/v3\/billdownload\/file$/,
  ...PRODUCT_PATHS,
];

/** api.mch.weixin.qq.com */
export async function wechatPayRoutes(
  app: FastifyInstance,
  { world, parts }: { world: World; parts: PayParts },
): Promise<void> {
  const { orders, refunds, bills, combine, products } = parts;
  const { keyring, switches } = world;
  const { mchid, apiV3Key, platformCertificate, platformCertificateSerial } = keyring.credentials;

  journalExchanges(app, 'wechat-pay', world.journal, world.clock.now);
  // Unknown paths answer before any signature is looked at.
  app.setNotFoundHandler((request, reply) => {
    const path = (request.raw.url ?? '').slice(app.prefix.length).split('?')[0] ?? '';
    return reply.code(KNOWN_PATHS.some((known) => known.test(path)) ? 405 : 404).send('');
  });

  await app.register(async (guarded) => {
    guardPayRoutes(guarded, world);

    const body = (request: { body: unknown }): Record<string, unknown> => {
      const parsed = parseJsonObject(bodyText(request.body));
      if (!parsed) throw parameterError('无法将输入源“/body”解析为JSON格式');
      return parsed;
    };
    const requireMchid = (query: unknown) => {
      const given = (query as { mchid?: string }).mchid;
      if (!given) throw parameterError('输入源“/query/mchid”映射到字段“直连商户号”必填性规则校验失败，此字段为必填项');
      if (given !== mchid) throw parameterError('请求参数中的商户号与签名使用的商户号不一致');
    };
    const orderReply = (order: PayOrder | undefined) => {
      const isOfCombined =
        order && (orders.isCombined(order.outTradeNo) || orders.subMerchantOf(order.outTradeNo) !== undefined);
      if (!order || isOfCombined) throw new PayError(404, switches.text('pay.orderMissingCode'), '订单不存在');
      return orders.toResource(order);
    };

    guarded.get('/v3/certificates', async (request) => {
      const { algorithm_type: algorithm = 'RSA' } = request.query as { algorithm_type?: string };
      if (!['RSA', 'SM2', 'ALL'].includes(algorithm)) throw parameterError('algorithm_type取值不正确');
      if (switches.text('pay.signatureMode') === 'public-key' || algorithm === 'SM2') {
        throw new PayError(404, 'RESOURCE_NOT_EXISTS', '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。');
      }
      return {
        data: [
          {
            serial_no: platformCertificateSerial,
            effective_time: toRfc3339(keyring.certificateValidFrom),
            expire_time: toRfc3339(keyring.certificateValidUntil),
            encrypt_certificate: seal(platformCertificate, apiV3Key, 'certificate'),
          },
        ],
      };
    });

    productRoutes(guarded, products, body);

    guarded.post('/v3/pay/transactions/jsapi', async (request) => {
      const { prepayId } = orders.place('JSAPI', body(request));
      return { prepay_id: prepayId };
    });
    guarded.post('/v3/pay/transactions/native', async (request) => {
      const { prepayId } = orders.place('NATIVE', body(request));
      return { code_url: nativeCodeUrl(prepayId) };
    });
    guarded.post('/v3/pay/transactions/h5', async (request) => {
      const { prepayId } = orders.place('MWEB', body(request));
      return { h5_url: `${world.publicUrl}/cashier/h5?prepay_id=${prepayId}` };
    });
    guarded.get<{ Params: { outTradeNo: string } }>(
      '/v3/pay/transactions/out-trade-no/:outTradeNo',
      async (request) => {
        requireMchid(request.query);
        return orderReply(orders.find(request.params.outTradeNo));
      },
    );
    guarded.get<{ Params: { transactionId: string } }>('/v3/pay/transactions/id/:transactionId', async (request) => {
      requireMchid(request.query);
      return orderReply(orders.findByTransaction(request.params.transactionId));
    });
    guarded.post<{ Params: { outTradeNo: string } }>(
      '/v3/pay/transactions/out-trade-no/:outTradeNo/close',
      async (request, reply) => {
        if (orders.isCombined(request.params.outTradeNo)) orderReply(undefined);
        orders.close(request.params.outTradeNo, body(request));
        return reply.code(204).send();
      },
    );

    guarded.post('/v3/combine-transactions/jsapi', async (request) => {
      const { prepayId } = combine.place('JSAPI', body(request));
      return { prepay_id: prepayId };
    });
    guarded.post('/v3/combine-transactions/native', async (request) => {
      const { prepayId } = combine.place('NATIVE', body(request));
      return { code_url: nativeCodeUrl(prepayId) };
    });
    guarded.post('/v3/combine-transactions/h5', async (request) => {
      const { prepayId } = combine.place('MWEB', body(request));
      return { h5_url: `${world.publicUrl}/cashier/h5?prepay_id=${prepayId}` };
    });
    guarded.get<{ Params: { no: string } }>('/v3/combine-transactions/out-trade-no/:no', async ({ params }) =>
      combine.query(params.no),
    );
    guarded.post<{ Params: { no: string } }>(
      '/v3/combine-transactions/out-trade-no/:no/close',
      async (request, reply) => {
        combine.close(request.params.no, body(request));
        return reply.code(204).send();
      },
    );

    guarded.post('/v3/refund/domestic/refunds', async (request) => refunds.toReply(refunds.apply(body(request))));
    guarded.get<{ Params: { outRefundNo: string } }>('/v3/refund/domestic/refunds/:outRefundNo', async (request) => {
      const refund = refunds.find(request.params.outRefundNo);
      const whose = refund && orders.subMerchantOf(refund.outTradeNo);
      const { sub_mchid: asked } = request.query as { sub_mchid?: string };
      if (!refund || whose !== asked) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
      return refunds.toReply(refund);
    });
    guarded.post<{ Params: { refundId: string } }>(
      '/v3/refund/domestic/refunds/:refundId/apply-abnormal-refund',
      async (request) => refunds.toReply(refunds.applyAbnormal(request.params.refundId, body(request))),
    );

    guarded.get('/v3/bill/tradebill', async (request) => bills.applyTradeBill(request.query as Record<string, string>));
    guarded.get('/v3/bill/fundflowbill', async (request) =>
      bills.applyFundFlowBill(request.query as Record<string, string>),
    );
    guarded.get('/v3/billdownload/file', async (request, reply) => {
      const file = billFile(bills, String((request.query as { token?: string }).token));
      if (!file) throw invalidRequest('下载链接已失效，请重新申请账单');
      request.payIsUnsigned = true; // file downloads are the one 2xx WeChat never signs
      return reply.header('content-type', 'text/plain').send(file);
    });
  });
}
