/** The shop's after-sale. Every write leaves an audit entry; another shop's case answers 404. */
import { CaseTrack, ErrorReply } from '@xiaopu/contracts';
import {
  ArbitrateCase,
  CaseNoParams,
  ConsoleCase,
  ConsoleCaseCounts,
  ConsoleCasePage,
  ConsoleCaseQuery,
  OfferPart,
  ReasonQuery,
  ReasonReport,
  ReceiveGoods,
  RefuseCase,
  ReturnAddress,
  ReturnAddressReply,
  SendExchange,
} from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { AfterSales } from './after-sales.service.ts';

const tags = ['console: after-sales'];
const params = CaseNoParams;
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const changed = { 200: ConsoleCase, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply };
const read = { access: { permission: 'after_sales.read' } } as const;
const decide = { access: { permission: 'after_sales.decide' } } as const;

interface Staff {
  staffId: string;
  name: string;
  shopId: string;
}

export function consoleAfterSalesRoutes(
  app: RouteApp,
  { database, afterSales, audit }: { database: Database; afterSales: AfterSales; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;

  /** Acts, leaves the audit entry, and answers with the case as it is then. */
  const act = (
    {
      staff: { staffId, name: staffName, shopId },
      ip,
      params: { caseNo },
    }: { staff: Staff; ip: string; params: { caseNo: string } },
    { action, summary }: { action: string; summary: string },
    work: (tx: Tx) => Promise<void>,
  ) =>
    inTransaction(async (tx) => {
      await work(tx);
      await audit(tx, { staffId, staffName, shopId, action: `after_sales.${action}`, target: caseNo, summary, ip });
      return afterSales.getOfShop(tx, shopId, caseNo);
    });

  app.get(
    '/api/console/after-sales',
    {
      config: read,
      schema: {
        tags,
        summary: 'Cases of the shop',
        querystring: ConsoleCaseQuery,
        response: { 200: ConsoleCasePage, ...refused },
      },
    },
    ({ staff, query }) => afterSales.listOfShop(db, staff.shopId, query),
  );

  app.get(
    '/api/console/after-sales/counts',
    {
      config: read,
      schema: {
        tags,
        summary: 'How many cases in each state, and how many wait for the shop',
        response: { 200: ConsoleCaseCounts, 401: ErrorReply, 403: ErrorReply },
      },
    },
    ({ staff }) => afterSales.countsOfShop(db, staff.shopId),
  );

  app.get(
    '/api/console/after-sales/reasons',
    {
      config: read,
      schema: {
        tags,
        summary: 'How often each reason was given, and for which products',
        querystring: ReasonQuery,
        response: { 200: ReasonReport, ...refused },
      },
    },
    ({ staff, query }) => afterSales.reasons(db, staff.shopId, query),
  );

  app.get(
    '/api/console/after-sales/return-address',
    {
      config: read,
      schema: {
        tags,
        summary: 'Where buyers send goods back to',
        response: { 200: ReturnAddressReply, 401: ErrorReply, 403: ErrorReply },
      },
    },
    async ({ staff }) => ({ address: await afterSales.returnAddress(db, staff.shopId) }),
  );

  app.put(
    '/api/console/after-sales/return-address',
    {
      config: decide,
      schema: {
        tags,
        summary: 'Change it, for cases agreed from now on',
        body: ReturnAddress,
        response: { 200: ReturnAddressReply, ...refused },
      },
    },
    ({ staff: { staffId, name: staffName, shopId }, body, ip }) =>
      inTransaction(async (tx) => {
        await afterSales.setReturnAddress(tx, shopId, body);
        const summary = '修改退货地址';
        await audit(tx, {
          staffId,
          staffName,
          shopId,
          action: 'after_sales.return_address',
          target: shopId,
          summary,
          ip,
        });
        return { address: body };
      }),
  );

  app.get(
    '/api/console/after-sales/:caseNo',
    {
      config: read,
      schema: {
        tags,
        summary: 'One case with its log',
        params,
        response: { 200: ConsoleCase, ...refused, 404: ErrorReply },
      },
    },
    ({ staff, params: { caseNo } }) => afterSales.getOfShop(db, staff.shopId, caseNo),
  );

  app.get(
    '/api/console/after-sales/:caseNo/track',
    {
      config: read,
      schema: {
        tags,
        summary: 'Where its parcels are',
        params,
        response: { 200: CaseTrack, ...refused, 404: ErrorReply },
      },
    },
    ({ staff, params: { caseNo } }) => afterSales.trackOfShop(db, staff.shopId, caseNo),
  );

  app.post(
    '/api/console/after-sales/:caseNo/agree',
    { config: decide, schema: { tags, summary: 'Agree', params, response: changed } },
    (request) => {
      const {
        staff,
        params: { caseNo },
      } = request;
      return act(request, { action: 'agree', summary: '同意售后申请' }, (tx) =>
        afterSales.agree(tx, staff.shopId, caseNo, staff.name),
      );
    },
  );

  app.post(
    '/api/console/after-sales/:caseNo/refuse',
    {
      config: decide,
      schema: { tags, summary: 'Refuse, with the reason', params, body: RefuseCase, response: changed },
    },
    (request) => {
      const {
        staff,
        params: { caseNo },
        body: { reason },
      } = request;
      return act(request, { action: 'refuse', summary: `拒绝售后：${reason}` }, (tx) =>
        afterSales.refuse(tx, staff.shopId, caseNo, { reason, staffName: staff.name }),
      );
    },
  );

  app.post(
    '/api/console/after-sales/:caseNo/offer',
    { config: decide, schema: { tags, summary: 'Offer a part', params, body: OfferPart, response: changed } },
    (request) => {
      const {
        staff,
        params: { caseNo },
        body,
      } = request;
      return act(request, { action: 'offer', summary: `提议退款 ¥${formatYuan(body.amount)}` }, (tx) =>
        afterSales.offer(tx, staff.shopId, caseNo, { ...body, staffName: staff.name }),
      );
    },
  );

  app.post(
    '/api/console/after-sales/:caseNo/receive',
    { config: decide, schema: { tags, summary: 'The goods are back', params, body: ReceiveGoods, response: changed } },
    (request) => {
      const {
        staff,
        params: { caseNo },
        body: { restock },
      } = request;
      return act(request, { action: 'receive', summary: restock ? '确认收货并入库' : '确认收货，不入库' }, (tx) =>
        afterSales.receive(tx, staff.shopId, caseNo, { restock, staffName: staff.name }),
      );
    },
  );

  app.post(
    '/api/console/after-sales/:caseNo/exchange-parcel',
    {
      config: decide,
      schema: { tags, summary: 'The new goods are sent', params, body: SendExchange, response: changed },
    },
    (request) => {
      const {
        staff,
        params: { caseNo },
        body,
      } = request;
      return act(request, { action: 'send', summary: `换货寄出 ${body.carrierCode} ${body.waybillNo}` }, (tx) =>
        afterSales.send(tx, staff.shopId, caseNo, { ...body, staffName: staff.name }),
      );
    },
  );

  app.post(
    '/api/console/after-sales/:caseNo/arbitrate',
    {
      config: { access: { permission: 'after_sales.arbitrate' } },
      schema: { tags, summary: 'The platform decides', params, body: ArbitrateCase, response: changed },
    },
    (request) => {
      const {
        staff,
        params: { caseNo },
        body,
      } = request;
      const side = body.verdict === 'buyer' ? '买家' : '商家';
      return act(request, { action: 'arbitrate', summary: `平台裁决支持${side}：${body.note}` }, (tx) =>
        afterSales.arbitrate(tx, staff.shopId, caseNo, body),
      );
    },
  );
}
