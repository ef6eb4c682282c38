import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toBeijingText } from '../platform/clock.ts';
import { journalExchanges, noteOnRequest } from '../platform/journal.ts';
import { md5, randomDigits } from '../platform/random.ts';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';
import { CARRIERS, type Carrier, findCarrier } from './carriers.table.ts';
import { describeTrack, type Refusal, refusalOf } from './kdniao.ts';
import type { Parcel, Parcels } from './parcels.ts';

type Input = Record<string, unknown>;

/** 快递鸟, the aggregator: one form-encoded door per kind of call, told apart by RequestType. */
export async function carrierRoutes(
  app: FastifyInstance,
  { world, parts }: { world: World; parts: { parcels: Parcels } },
): Promise<void> {
  const { switches, keyring } = world;
  const { parcels } = parts;
  const { kdniaoBusinessId, kdniaoApiKey } = keyring.credentials;
  journalExchanges(app, 'carriers', world.journal, world.clock.now);

  const refuse = (reason: string, input: Input = {}): Refusal => refusalOf(kdniaoBusinessId, reason, input);
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const cityOf = (side: unknown) => text((side as Input | undefined)?.CityName) || undefined;

  function adopt(carrier: Carrier, input: Input): Parcel | undefined {
    const waybillNo = text(input.LogisticCode);
    const known = parcels.find(carrier.kdniao, waybillNo);
    if (known || !switches.isOn('carriers.adoptUnknown')) return known;
    const orderCode = text(input.OrderCode);
    return parcels.create(carrier, {
      waybillNo,
      orderCode,
      fromCity: cityOf(input.Sender),
      toCity: cityOf(input.Receiver),
    });
  }

  function track(input: Input, hasNoTrace: boolean) {
    const carrier = findCarrier(text(input.ShipperCode));
    if (!carrier) return refuse('不支持的快递公司编码', input);
    if (!input.LogisticCode) return refuse('缺少参数[LogisticCode]', input);
    if (carrier.kdniao === 'SF' && !/^\d{4}$/.test(text(input.CustomerName))) {
      return refuse('顺丰快递需填写寄件人或收件人手机号后四位', input);
    }
    const parcel = hasNoTrace ? undefined : adopt(carrier, input);
    const steps = parcel ? parcels.steps(parcel) : [];
    const shown = describeTrack(steps, switches.isOn('carriers.fullState'), input.Sort === '1' || input.Sort === 1);
    return {
      EBusinessID: kdniaoBusinessId,
      OrderCode: text(input.OrderCode) || parcel?.orderCode || '',
      ShipperCode: carrier.kdniao,
      LogisticCode: text(input.LogisticCode),
      Success: true,
      ...(steps.length === 0 ? { Reason: '暂无轨迹信息' } : {}),
      ...shown,
    };
  }

  function subscribe(input: Input, requestType: string) {
    const carrier = findCarrier(text(input.ShipperCode));
    if (!carrier) return refuse('不支持的快递公司编码', input);
    if (!input.LogisticCode) return refuse('缺少参数[LogisticCode]', input);
    const waybillNo = text(input.LogisticCode);
    const parcel = adopt(carrier, input) ?? parcels.create(carrier, { waybillNo, orderCode: text(input.OrderCode) });
    parcels.subscribe(parcel, requestType === '1008' ? '101' : '102', text(input.CallBack));
    return {
      EBusinessID: kdniaoBusinessId,
      UpdateTime: toBeijingText(world.clock.now()),
      Success: true,
      Reason: '',
      EstimatedDeliveryTime: toBeijingText(world.clock.now().getTime() + 2 * 86_400_000),
    };
  }

  function recognise(input: Input) {
    const waybillNo = text(input.LogisticCode);
    const found = CARRIERS.filter(({ waybill }) => waybill.test(waybillNo));
    return {
      EBusinessID: kdniaoBusinessId,
      LogisticCode: waybillNo,
      Success: true,
      Code: 100,
      Shippers: found.map(({ kdniao, name }) => ({ ShipperCode: kdniao, ShipperName: name })),
    };
  }

  /** The same order code gives the same waybill number, however often it is asked. */
  function orderWaybill(input: Input) {
    const carrier = findCarrier(text(input.ShipperCode));
    const echo = { OrderCode: input.OrderCode, ShipperCode: input.ShipperCode };
    const fail = (reason: string) => ({
      EBusinessID: kdniaoBusinessId,
      Order: echo,
      Success: false,
      ResultCode: '105',
      Reason: reason,
    });
    if (!carrier) return fail('不支持的快递公司编码');
    if (!input.OrderCode) return fail('缺少参数[订单编号]');
    if (!Array.isArray(input.Commodity) || input.Commodity.length === 0) return fail('缺少参数[缺少货物信息]');
    for (const [side, label] of [
      ['Sender', '寄件人'],
      ['Receiver', '收件人'],
    ] as const) {
      const person = (input[side] ?? {}) as Input;
      const missing = ['Name', 'ProvinceName', 'CityName', 'ExpAreaName', 'Address'].find((field) => !person[field]);
      if (missing || !(person.Mobile || person.Tel)) return fail(`缺少参数[${label}${missing ?? '电话'}]`);
    }
    const orderCode = text(input.OrderCode);
    const existing = parcels.findByOrder(carrier.kdniao, orderCode);
    const parcel =
      existing ??
      parcels.create(carrier, { orderCode, fromCity: cityOf(input.Sender), toCity: cityOf(input.Receiver) });
    const isRepeat = existing !== undefined;
    return {
      EBusinessID: kdniaoBusinessId,
      Order: {
        ...echo,
        LogisticCode: parcel.waybillNo,
        KDNOrderCode: `KDN${parcel.startedAt}${parcel.waybillNo.slice(-4)}`,
        MarkDestination: `${parcel.toCity.slice(0, 2)}-${(parcel.startedAt % 90) + 10}`,
        OriginName: parcel.fromCity,
        DestinatioName: parcel.toCity,
        SortingCode: randomDigits(3),
        PackageName: `${parcel.toCity}集包`,
      },
      Success: true,
      ResultCode: isRepeat ? switches.text('carriers.duplicateCode') : '100',
      Reason: isRepeat ? '订单号重复，返回原单号' : '成功',
      UniquerRequestNumber: randomDigits(20),
      PrintTemplate: Number(input.IsReturnPrintTemplate) === 1 ? waybillHtml(carrier, parcel) : '',
      EstimatedDeliveryTime: toBeijingText(parcel.startedAt + 2 * 86_400_000),
      SubCount: 0,
    };
  }

  function answer(requestType: string, input: Input, hasNoTrace: boolean) {
    switch (requestType) {
      case '1002':
      case '8001':
        return track(input, hasNoTrace);
      case '1008':
      case '8008':
        return subscribe(input, requestType);
      case '2002':
        return recognise(input);
      case '1007':
        return orderWaybill(input);
      case '1147':
        return { EBusinessID: kdniaoBusinessId, Success: true, ResultCode: '100', Reason: '取消成功' };
      default:
        return refuse('不支持的RequestType', input);
    }
  }

  async function handle(request: FastifyRequest, reply: FastifyReply) {
    const form = new URLSearchParams(bodyText(request.body));
    const data = form.get('RequestData') ?? '';
    if (form.get('EBusinessID') !== kdniaoBusinessId) return refuse('商户ID不存在');
    if (!isSigned(form.get('DataSign') ?? '', data, kdniaoApiKey)) {
      noteOnRequest(request, 'DataSign 不匹配', 'bad');
      return refuse('非法参数，数据签名验证失败');
    }
    noteOnRequest(request, `RequestType ${form.get('RequestType')}`, 'ok');
    const input = parseJsonObject(data) ?? parseJsonObject(decodeURIComponentSafely(data));
    if (!input) return refuse('RequestData 不是合法的 JSON');

    const fault = switches.takeFault('carriers.fault');
    if (fault !== 'none') noteOnRequest(request, `故障 ${fault}`);
    if (fault === 'slow') await sleep(switches.number('carriers.slowMs'));
    if (fault === 'refused') return refuse('系统繁忙，请稍后再试', input);
    if (fault === 'http-500') return reply.code(500).send('Internal Server Error');
    if (fault === 'dropped') {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    return answer(form.get('RequestType') ?? '', input, fault === 'no-trace');
  }

  for (const path of [
    '/Ebusiness/EbusinessOrderHandle.aspx',
    '/api/dist',
    '/api/EOrderService',
    '/api/OOrderService',
  ]) {
    app.post(path, handle);
  }
}

/** md5 in hex, base64 of that text; some clients URL-encode it once more, as the documents show it. */
function isSigned(given: string, data: string, key: string): boolean {
  const expected = (text: string) => Buffer.from(md5(text + key)).toString('base64');
  const plain = decodeURIComponentSafely(data);
  return [given, decodeURIComponentSafely(given)].some((sign) => sign === expected(data) || sign === expected(plain));
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const waybillHtml = (carrier: Carrier, parcel: Parcel): string =>
  `<div style="width:100mm;font-family:sans-serif"><h1>${carrier.name}</h1><p>${parcel.waybillNo}</p><p>${parcel.fromCity} → ${parcel.toCity}</p></div>`;
