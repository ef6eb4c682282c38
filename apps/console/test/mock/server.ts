/** A stand-in for the console API while looking at screens: `node test/mock/server.ts [port]`. Serves dist/ too. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { extname, join } from 'node:path';
import type { ImportJob } from '@xiaopu/contracts/console';
import { allPermissions } from '@xiaopu/contracts/permissions';
import * as data from './data.ts';

const dist = join(import.meta.dirname, '../../dist');
let signedIn = process.env.SIGNED_IN === '1';
let totpEnabled = false;
let tries = 0;
type Params = URLSearchParams;
/** Only the fields the handlers below read. */
type Body = Record<string, string> & {
  spuIds: string[];
  value: number;
  lines?: { lineId: string; quantity: number }[];
};
type Handler = (input: { params: Params; id: string; body: Body }) => unknown;

class Refusal extends Error {
  status: number;
  code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
const refuse = (status: number, code: string, message: string): never => {
  throw new Refusal(status, code, message);
};

function paged<T>(items: T[], params: Params) {
  const page = Number(params.get('page') ?? 1);
  const pageSize = Number(params.get('pageSize') ?? 20);
  return { items: items.slice((page - 1) * pageSize, page * pageSize), total: items.length, page, pageSize };
}
const session = () => ({
  staffId: 's1',
  account: 'admin',
  name: '店长小周',
  totpEnabled,
  shops: [
    { shopId: 'shop1', name: '山前茶事旗舰店', permissions: allPermissions },
    { shopId: 'shop2', name: '日常百货', permissions: ['orders.read', 'fulfilment.ship'] },
  ],
  currentShopId: 'shop1',
});
const productRow = (p: (typeof data.products)[number]) => ({
  spuId: p.spuId,
  title: p.title,
  picture: p.gallery[0] ?? null,
  categoryId: p.categoryId,
  categoryName: data.categories.find((c) => c.categoryId === p.categoryId)?.name ?? '',
  status: p.status,
  salePrice: Math.min(...p.skus.map((s) => s.salePrice)),
  salePriceMax: Math.max(...p.skus.map((s) => s.salePrice)),
  skuCount: p.skus.length,
  available: p.skus.reduce((sum, s) => sum + s.available, 0),
  soldCount: p.soldCount,
  updatedAt: p.updatedAt,
});
const orderRow = (o: (typeof data.orders)[number]) => ({
  orderNo: o.orderNo,
  status: o.status,
  statusText: o.statusText,
  buyerName: o.buyer.nickname,
  lines: o.lines,
  unitCount: o.lines.reduce((sum, l) => sum + l.quantity, 0),
  payable: o.payable,
  recipient: `${o.recipient.name} 浙江杭州`,
  shippingUpload: o.parcels[0]?.upload.state ?? null,
  createdAt: o.createdAt,
  paidAt: o.payment.paidAt,
});
const order = (id: string) =>
  data.orders.find((each) => each.orderNo === id) ?? refuse(404, 'orders.not_found', '没有这个订单');
const product = (id: string) =>
  data.products.find((each) => each.spuId === id) ?? refuse(404, 'catalog.not_found', '没有这个商品');
const setStatus =
  (status: 'on_sale' | 'off_sale'): Handler =>
  ({ body }) => {
    for (const id of body.spuIds) product(id).status = status;
    return { done: body.spuIds, failed: [] };
  };
const stock = () =>
  data.products.flatMap((p) =>
    p.skus.map((s) => ({
      skuId: s.skuId,
      spuId: p.spuId,
      skuCode: s.skuCode,
      title: p.title,
      specText: s.specs.join(' / '),
      picture: p.gallery[0] ?? null,
      onHand: s.onHand,
      reserved: s.reserved,
      available: s.available,
      safetyStock: 10,
      state: s.available === 0 ? 'out' : s.available <= 10 ? 'low' : 'ok',
      updatedAt: p.updatedAt,
    })),
  );
let job: ImportJob | null = null;

const routes: Record<string, Handler> = {
  'POST /session': ({ body }) => {
    if (tries >= 5) refuse(429, 'identity.login_locked', '密码错误次数过多，账号已锁定，请 15 分钟后再试');
    if (body.password !== 'xiaopu') {
      tries += 1;
      refuse(401, 'identity.bad_credentials', `账号或密码不正确，还可以再试 ${5 - tries} 次`);
    }
    if (totpEnabled && !body.totp) refuse(401, 'identity.totp_required', '请输入两步验证码');
    if (totpEnabled && body.totp !== '123456') refuse(401, 'identity.bad_totp', '验证码不正确');
    signedIn = true;
    return session();
  },
  'GET /session': session,
  'DELETE /session': () => {
    signedIn = false;
    return null;
  },
  'POST /session/password': ({ body }) =>
    body.current === 'xiaopu' ? null : refuse(400, 'identity.bad_credentials', '当前密码不正确'),
  'POST /session/totp': () => ({
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    otpauthUrl:
      'otpauth://totp/%E5%B0%8F%E9%93%BA:admin?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=%E5%B0%8F%E9%93%BA',
  }),
  'PUT /session/totp': ({ body }) => {
    if (body.totp !== '123456') refuse(400, 'identity.bad_totp', '验证码不正确');
    totpEnabled = true;
    return null;
  },
  'POST /session/totp/remove': () => {
    totpEnabled = false;
    return null;
  },
  'GET /dashboard': data.dashboard,
  'GET /search': ({ params }) => ({
    orders: data.orders
      .filter((o) => o.orderNo.includes(params.get('q') ?? ''))
      .slice(0, 5)
      .map((o) => ({ orderNo: o.orderNo, statusText: o.statusText, payable: o.payable })),
    products: data.products.filter((p) => p.title.includes(params.get('q') ?? '')).slice(0, 5),
  }),
  'GET /products': ({ params }) =>
    paged(
      data.products
        .map(productRow)
        .filter(
          (p) =>
            (!params.get('q') || p.title.includes(params.get('q') ?? '')) &&
            (!params.get('status') || p.status === params.get('status')) &&
            (!params.get('categoryId') || p.categoryId === params.get('categoryId')),
        ),
      params,
    ),
  'GET /products/:id': ({ id }) => product(id),
  'POST /products': ({ body }) => ({ ...data.products[0], ...body, spuId: data.uuid() }),
  'PUT /products/:id': ({ id, body }) => {
    const p = product(id);
    Object.assign(p, { title: body.title, brief: body.brief, version: p.version + 1 });
    return p;
  },
  'POST /products/publish': setStatus('on_sale'),
  'POST /products/unpublish': setStatus('off_sale'),
  'GET /product-imports': () => ({ jobs: job ? [job] : [] }),
  'POST /product-imports': () =>
    (job = {
      jobId: data.uuid(),
      fileName: '春季新品.xlsx',
      state: 'checked',
      rows: 120,
      validRows: 117,
      processedRows: 0,
      products: 31,
      errors: [
        { row: 14, column: '售价', message: '售价要大于 0' },
        { row: 35, column: '类目', message: '没有叫「茶具」的类目' },
        { row: 90, column: '规格1', message: '与第 89 行的规格重复' },
      ],
      createdAt: data.ago(0),
      finishedAt: null,
    }),
  'GET /product-imports/:id': () => {
    if (job?.state === 'importing') {
      job.processedRows = Math.min(job.validRows, job.processedRows + 40);
      if (job.processedRows === job.validRows) Object.assign(job, { state: 'done', finishedAt: data.ago(0) });
    }
    return job;
  },
  'POST /product-imports/:id/commit': () => {
    if (job) job.state = 'importing';
    return job;
  },
  'GET /categories': () => ({ categories: data.categories }),
  'GET /media': ({ params }) => paged(data.media, params),
  'POST /media': () => data.media[0],
  'GET /stock': ({ params }) =>
    paged(
      stock().filter((s) => !params.get('state') || s.state === params.get('state')),
      params,
    ),
  'POST /stock/:id/adjustments': () => null,
  'PUT /stock/:id/safety': () => null,
  'GET /stock/:id/ledger': ({ params }) =>
    paged(
      Array.from({ length: 33 }, (_, i) => ({
        entryId: String(i),
        sequence: 33 - i,
        kind: i % 3 === 0 ? 'reserve' : i % 3 === 1 ? 'ship' : 'adjust',
        kindText: ['下单占用', '发货出库', '采购入库'][i % 3],
        onHandDelta: [0, -1, 50][i % 3],
        reservedDelta: [1, -1, 0][i % 3],
        onHandAfter: 120 - i,
        reservedAfter: 3,
        reference: i % 3 === 2 ? '' : (data.orders[i]?.orderNo ?? ''),
        actor: i % 3 === 2 ? '仓库老李' : '系统',
        note: i % 3 === 2 ? '春茶到货' : '',
        at: data.ago(i * 60),
      })),
      params,
    ),
  'GET /orders': ({ params }) =>
    paged(
      data.orders
        .map(orderRow)
        .filter(
          (o) =>
            (!params.get('status') || o.status === params.get('status')) &&
            (!params.get('q') || o.orderNo.includes(params.get('q') ?? '')),
        ),
      params,
    ),
  'GET /orders/counts': () =>
    data.orders.reduce<Record<string, number>>((counts, o) => {
      counts[o.status] = (counts[o.status] ?? 0) + 1;
      return counts;
    }, {}),
  'GET /orders/:id': ({ id }) => order(id),
  'POST /orders/:id/parcels': ({ id, body }) => {
    const o = order(id);
    const lines = body.lines ?? o.lines.map((l) => ({ lineId: l.lineId, quantity: l.quantity - l.shippedQuantity }));
    for (const l of lines) {
      const line = o.lines.find((each) => each.lineId === l.lineId);
      if (line) line.shippedQuantity += l.quantity;
    }
    o.parcels.push({
      parcelId: data.uuid(),
      carrierCode: body.carrierCode ?? '',
      carrierName: '顺丰速运',
      waybillNo: body.waybillNo ?? '',
      shippedAt: data.ago(0),
      shippedBy: '店长小周',
      lines,
      upload: { state: 'pending', attempts: 0, lastError: null, uploadedAt: null },
      track: [],
    });
    if (o.lines.every((l) => l.shippedQuantity === l.quantity))
      Object.assign(o, { status: 'shipped', statusText: '已发货', canShip: false });
    return o;
  },
  'PUT /orders/:id/remark': ({ id, body }) => Object.assign(order(id), { shopRemark: body.remark }),
  'POST /orders/:id/refund': ({ id }) =>
    Object.assign(order(id), { status: 'refunding', statusText: '退款中', canRefund: false, canShip: false }),
  'GET /carriers': () => ({
    carriers: [
      { code: 'SF', name: '顺丰速运', wechatCode: 'SF' },
      { code: 'ZTO', name: '中通快递', wechatCode: 'ZTO' },
      { code: 'YTO', name: '圆通速递', wechatCode: 'YTO' },
      { code: 'JD', name: '京东物流', wechatCode: 'JD' },
    ],
  }),
  'GET /refunds': ({ params }) =>
    paged(
      data.orders
        .filter((o) => o.refunds.length)
        .map((o) => ({
          ...o.refunds[0],
          orderNo: o.orderNo,
          buyerName: o.buyer.nickname,
          orderStatus: o.status,
          note: o.refunds[0]?.status === 'failed' ? '微信退款异常：用户账户注销' : '',
        })),
      params,
    ),
  'POST /refunds/:id/retry': () => null,
  'GET /reviews': ({ params }) =>
    paged(
      data.reviews.filter((r) => !params.get('status') || r.status === params.get('status')),
      params,
    ),
  'POST /reviews/:id/decision': ({ id, body }) => {
    const r = data.reviews.find((each) => each.reviewId === id);
    if (r) r.status = body.decision === 'show' ? 'shown' : 'rejected';
    return null;
  },
  'PUT /reviews/:id/reply': () => null,
  'GET /settings/profile': () => ({
    shopId: 'shop1',
    name: '山前茶事旗舰店',
    slogan: '把山里的好茶带回家',
    brandColor: '#E63B2E',
    logo: data.picture(20),
    servicePhone: '0571-88886666',
    shipsFrom: '浙江杭州',
  }),
  'PUT /settings/profile': ({ body }) => ({ shopId: 'shop1', logo: null, ...body }),
  'GET /settings/policies': () => data.policies,
  'PUT /settings/policies/:id': ({ id, body }) => {
    const s = data.policies.settings.find((each) => each.key === id);
    if (s) {
      s.value = body.value;
      s.history.push({ value: body.value, at: data.ago(0), by: '店长小周' });
    }
    return data.policies;
  },
  'GET /staff': ({ params }) => paged(data.staff, params),
  'POST /staff': () => null,
  'PUT /staff/:id': () => null,
  'GET /roles': () => ({ roles: data.roles }),
  'POST /roles': () => null,
  'PUT /roles/:id': () => null,
  'GET /audit': ({ params }) =>
    paged(
      Array.from({ length: 61 }, (_, i) => ({
        auditId: String(i),
        at: data.ago(i * 33),
        staffName: ['店长小周', '小林'][i % 2] ?? '',
        action: ['orders.ship', 'catalog.update', 'settings.policy', 'session.login'][i % 4] ?? '',
        target: data.orders[i]?.orderNo ?? '',
        summary:
          ['发货：顺丰速运 SF1000000001', '修改商品价格 ¥89.00 → ¥79.00', '自动确认收货 7 天 → 10 天', '登录后台'][
            i % 4
          ] ?? '',
        ip: '10.0.0.8',
      })),
      params,
    ),
};

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const body = async (request: IncomingMessage) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  try {
    return JSON.parse(Buffer.concat(parts).toString() || '{}');
  } catch {
    return {};
  }
};

createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://x');
  const json = (status: number, value: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (url.pathname.startsWith('/media/')) {
    const hue = Number(/(\d+)/.exec(url.pathname)?.[1] ?? 0);
    response
      .writeHead(200, { 'content-type': 'image/svg+xml' })
      .end(
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80"><rect width="80" height="80" fill="hsl(${hue} 45% 88%)"/><ellipse cx="40" cy="64" rx="22" ry="4" fill="hsl(${hue} 30% 70%)"/><path d="M24 26h32l-4 36H28z" fill="hsl(${hue} 50% 55%)"/><path d="M30 26c0-12 20-12 20 0" fill="none" stroke="hsl(${hue} 50% 40%)" stroke-width="3"/></svg>`,
      );
  } else if (url.pathname.startsWith('/api/console/')) {
    const path = url.pathname.slice('/api/console'.length);
    const [, first, second, third, fourth] = path.split('/');
    const exact = `${request.method} ${path}`;
    const tail = fourth ? `/${third}/${fourth}` : third ? `/${third}` : '';
    const handler = routes[exact] ?? routes[`${request.method} /${first}/:id${tail}`];
    if (!signedIn && exact !== 'POST /session')
      return json(401, { error: { code: 'identity.no_session', message: '请先登录', requestId: 'r0' } });
    if (!handler) return json(404, { error: { code: 'http.404', message: `mock 没有 ${exact}`, requestId: 'r0' } });
    await new Promise((resolve) => setTimeout(resolve, 120));
    try {
      json(200, handler({ params: url.searchParams, id: second ?? '', body: await body(request) }));
    } catch (error) {
      const refusal = error as Refusal;
      json(refusal.status ?? 500, {
        error: { code: refusal.code ?? 'http.500', message: refusal.message, requestId: 'r1' },
      });
    }
  } else {
    const asked = join(dist, url.pathname.replace(/^\/console/, ''));
    const file = extname(asked) && existsSync(asked) ? asked : join(dist, 'index.html');
    response
      .writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
      .end(readFileSync(file));
  }
}).listen(Number(process.argv[2] ?? 5181), '127.0.0.1');
