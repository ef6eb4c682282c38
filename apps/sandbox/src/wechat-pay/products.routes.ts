import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Busifavor } from './busifavor.ts';
import { COMPLAINT_PATHS, complaintRoutes } from './complaints.routes.ts';
import type { Complaints } from './complaints.ts';
import { parameterError } from './errors.ts';
import type { Papay } from './papay.ts';
import type { PayScore } from './pay-score.ts';
import type { ProfitSharing } from './profit-sharing.ts';
import type { Transfers } from './transfers.ts';

export interface ProductParts {
  transfers: Transfers;
  sharing: ProfitSharing;
  score: PayScore;
  papay: Papay;
  coupons: Busifavor;
  complaints: Complaints;
}

export const PRODUCT_PATHS = [
  /^\/v3\/fund-app\/mch-transfer\/transfer-bills(\/(out-bill-no|transfer-bill-no)\/[^/]+)?$/,
  /^\/v3\/fund-app\/mch-transfer\/transfer-bills\/out-bill-no\/[^/]+\/cancel$/,
  /^\/v3\/profitsharing\/receivers\/(add|delete)$/,
  /^\/v3\/profitsharing\/orders(\/[^/]+)?$/,
  /^\/v3\/profitsharing\/transactions\/[^/]+\/amounts$/,
  /^\/v3\/profitsharing\/return-orders(\/[^/]+)?$/,
  /^\/v3\/marketing\/busifavor\/(stocks(\/[^/]+)?|coupons\/(send|use|return|deactivate)|callbacks)$/,
  /^\/v3\/marketing\/busifavor\/users\/[^/]+\/coupons(\/[^/]+\/appids\/[^/]+)?$/,
  /^\/v3\/papay\/scheduled-deduct-sign\/contracts\/pre-entrust-sign\/mini-program$/,
  /^\/v3\/papay\/sign\/contracts\/plan-id\/[^/]+\/out-contract-code\/[^/]+(\/terminate)?$/,
  /^\/v3\/papay\/pay\/(schedules\/contract-id\/[^/]+\/schedule|transactions\/apply)$/,
  ...COMPLAINT_PATHS,
  /^\/v3\/payscore\/serviceorder(\/[^/]+\/(cancel|complete|sync))?$/,
];

export type ReadBody = (request: { body: unknown }) => Record<string, unknown>;

/** The products beside plain payment; registered inside the guarded scope, so signatures are checked by then. */
export function productRoutes(
  app: FastifyInstance,
  { transfers, sharing, score, papay, coupons, complaints }: ProductParts,
  body: ReadBody,
): void {
  complaintRoutes(app, complaints, body);
  const serialOf = ({ headers }: FastifyRequest) => {
    const serial = headers['wechatpay-serial'];
    return typeof serial === 'string' ? serial : undefined;
  };
  const required = (request: FastifyRequest, name: string): string => {
    const value = (request.query as Record<string, string | undefined>)[name];
    if (!value) throw parameterError(`输入源“/query/${name}”必填性规则校验失败，此字段为必填项`);
    return value;
  };

  const bills = '/v3/fund-app/mch-transfer/transfer-bills';
  app.post(bills, async (request) => transfers.toCreated(transfers.create(body(request), serialOf(request))));
  app.get<{ Params: { no: string } }>(`${bills}/out-bill-no/:no`, async ({ params }) =>
    transfers.toResource(transfers.find(params.no)),
  );
  app.get<{ Params: { no: string } }>(`${bills}/transfer-bill-no/:no`, async ({ params }) =>
    transfers.toResource(transfers.findByBillNo(params.no)),
  );
  app.post<{ Params: { no: string } }>(`${bills}/out-bill-no/:no/cancel`, async ({ params }) =>
    transfers.toCancelled(transfers.cancel(params.no)),
  );

  app.post('/v3/profitsharing/receivers/add', async (request) => sharing.addReceiver(body(request), serialOf(request)));
  app.post('/v3/profitsharing/receivers/delete', async (request) => sharing.deleteReceiver(body(request)));
  app.post('/v3/profitsharing/orders', async (request) => sharing.share(body(request), serialOf(request)));
  app.post('/v3/profitsharing/orders/unfreeze', async (request) => sharing.unfreeze(body(request)));
  app.get<{ Params: { no: string } }>('/v3/profitsharing/orders/:no', async (request) =>
    sharing.find(request.params.no, required(request, 'transaction_id')),
  );
  app.get<{ Params: { id: string } }>('/v3/profitsharing/transactions/:id/amounts', async ({ params }) =>
    sharing.amounts(params.id),
  );
  app.post('/v3/profitsharing/return-orders', async (request) => sharing.giveBack(body(request)));
  app.get<{ Params: { no: string } }>('/v3/profitsharing/return-orders/:no', async (request) =>
    sharing.findReturn(request.params.no, required(request, 'out_order_no')),
  );

  const service = '/v3/payscore/serviceorder';
  app.post(service, async (request) => score.create(body(request)));
  app.get(service, async (request) => {
    required(request, 'service_id');
    return score.query(request.query as Record<string, string>);
  });
  for (const action of ['cancel', 'complete', 'sync'] as const)
    app.post<{ Params: { no: string } }>(`${service}/:no/${action}`, async (request) =>
      score[action](request.params.no, body(request)),
    );

  app.post('/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/mini-program', async (request) =>
    papay.presign(body(request)),
  );
  const contract = '/v3/papay/sign/contracts/plan-id/:planId/out-contract-code/:code';
  interface ContractParams {
    Params: { planId: string; code: string };
  }
  app.get<ContractParams>(contract, async ({ params }) => papay.find(params.planId, params.code));
  app.post<ContractParams>(`${contract}/terminate`, async (request, reply) => {
    papay.terminate(request.params.planId, request.params.code, body(request));
    return reply.code(204).send();
  });
  app.post<{ Params: { id: string } }>('/v3/papay/pay/schedules/contract-id/:id/schedule', async (request) =>
    papay.schedule(request.params.id, body(request)),
  );
  app.post('/v3/papay/pay/transactions/apply', async (request) => papay.apply(body(request)));

  const favor = '/v3/marketing/busifavor';
  app.post(`${favor}/stocks`, async (request) => coupons.create(body(request)));
  app.get<{ Params: { id: string } }>(`${favor}/stocks/:id`, async ({ params }) => coupons.stock(params.id));
  app.post(`${favor}/coupons/send`, async (request) => coupons.send(body(request)));
  app.post(`${favor}/coupons/use`, async (request) => coupons.use(body(request)));
  app.post(`${favor}/coupons/return`, async (request) => coupons.giveBack(body(request)));
  app.post(`${favor}/coupons/deactivate`, async (request) => coupons.deactivate(body(request)));
  app.get<{ Params: { openid: string } }>(`${favor}/users/:openid/coupons`, async (request) =>
    coupons.ofUser(request.params.openid, request.query as Record<string, string>),
  );
  app.get<{ Params: { openid: string; code: string; appid: string } }>(
    `${favor}/users/:openid/coupons/:code/appids/:appid`,
    async ({ params }) => coupons.one(params.openid, params.code, params.appid),
  );
  app.post(`${favor}/callbacks`, async (request) => coupons.setCallback(body(request)));
  app.get(`${favor}/callbacks`, async () => coupons.callback());
}
