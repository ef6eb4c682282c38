/** Rows as the wire shows them. */
import type { AfterSaleCard, AfterSaleDetail } from '@xiaopu/contracts';
import type { ConsoleCase, ConsoleCaseRow } from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import { type FieldCipher, maskName } from '#platform/field-cipher.ts';
import type { ToPicture } from '#platform/picture.ts';
import { actionsOf, decisionsOf, kindText, reasonText, returnFreightTexts, statusText } from './after-sales.domain.ts';
import type { DetailedCase, ListedCase } from './after-sales.reading.ts';
import { type Case, isChainWhole } from './after-sales.repository.ts';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
const dayFace = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  month: 'long',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

const amountOf = ({ goodsAmount, freight }: Pick<Case, 'goodsAmount' | 'freight'>): number => goodsAmount + freight;

export function card(found: ListedCase, toPicture: ToPicture): AfterSaleCard {
  return {
    caseNo: found.caseNo,
    orderNo: found.orderNo,
    shopId: found.shopId,
    shopName: found.shopName,
    kind: found.kind,
    kindText: kindText[found.kind],
    status: found.status,
    statusText: statusText[found.status],
    amount: amountOf(found),
    lines: found.lines.map((line) => ({ ...line, picture: toPicture(line.picture) })),
    deadline: iso(found.deadline),
    createdAt: found.createdAt.toISOString(),
  };
}

/** What happens next and by when. */
export function headlineOf(found: Case): string {
  const by = found.deadline ? `${dayFace.format(found.deadline)} 前` : '';
  const money = `¥${formatYuan(amountOf(found))}`;
  switch (found.status) {
    case 'applied':
      return `商家需在 ${by}处理，逾期自动同意`;
    case 'refused':
      return `请在 ${by}修改后再次申请，逾期售后关闭`;
    case 'offered':
      return `商家提议退款 ¥${formatYuan(found.offer?.amount ?? 0)}，请在 ${by}确认`;
    case 'returning':
      return `请在 ${by}寄回商品并填写运单号，逾期售后关闭`;
    case 'returned':
      return `商家需在 ${by}确认收货，逾期自动${found.kind === 'exchange' ? '收货' : '退款'}`;
    case 'exchanging':
      return `商家已收到商品，需在 ${by}寄出新商品，逾期自动退款`;
    case 'sent':
      return `新商品已寄出，${by}未操作将自动完成`;
    case 'refunding':
      return found.refundFailed ? '退款暂未成功，商家正在处理' : `${money} 退款处理中，将原路退回`;
    case 'refunded':
      return `${money} 已原路退回`;
    case 'completed':
      return '换货完成';
    case 'escalated':
      return '平台正在核实双方凭证，请留意结果';
    case 'closed':
      return '售后已关闭，如有需要可重新申请';
  }
}

const facts = (
  found: DetailedCase,
  { fieldCipher, toPreview }: { fieldCipher: FieldCipher; toPreview: ToPicture },
) => ({
  goodsAmount: found.goodsAmount,
  freight: found.freight,
  returnFreight: found.returnFreightBy && {
    by: found.returnFreightBy,
    text: returnFreightTexts[found.returnFreightBy],
  },
  headline: headlineOf(found),
  reason: found.reason,
  reasonText: reasonText[found.reason],
  description: found.description,
  evidence: found.evidence.map(toPreview),
  askCount: found.askCount,
  refusal: found.refusal,
  offer: found.offer,
  // Both sides need it in full: the buyer writes it on the parcel. The phone is the shop's.
  returnAddress: found.returnAddress ? JSON.parse(fieldCipher.decrypt(found.returnAddress)) : null,
  returnParcel: found.returnParcel,
  exchangeParcel: found.exchangeParcel,
  endedAt: iso(found.endedAt),
  timeline: [...found.events].reverse().map(({ at, text, actor, pictures }) => ({
    at: new Date(at).toISOString(),
    text,
    actor,
    pictures: pictures.map(toPreview),
  })),
});

interface ViewDeps {
  toPicture: ToPicture;
  toPreview: ToPicture;
  fieldCipher: FieldCipher;
}

export const buyerDetail = (
  found: DetailedCase,
  deps: ViewDeps & { escalateAfter: number; carriers: readonly { code: string; name: string }[] },
): AfterSaleDetail => {
  const { timeline, ...rest } = facts(found, deps);
  return {
    ...card(found, deps.toPicture),
    ...rest,
    // A buyer reads who acted, not which of the shop's people.
    timeline: timeline.map((entry) => ({
      ...entry,
      actor: entry.actor === '买家' || entry.actor === '系统' || entry.actor === '平台' ? entry.actor : '商家',
    })),
    actions: actionsOf(found, deps.escalateAfter),
    carriers: found.status === 'returning' ? deps.carriers.map(({ code, name }) => ({ code, name })) : [],
  };
};

export const consoleRow = (found: ListedCase, toPicture: ToPicture): ConsoleCaseRow => ({
  ...card(found, toPicture),
  reasonText: reasonText[found.reason],
  askCount: found.askCount,
});

export const consoleCase = (
  found: DetailedCase,
  { buyer, ...deps }: ViewDeps & { buyer: { nickname: string; maskedPhone: string | null } | undefined },
): ConsoleCase => ({
  ...card(found, deps.toPicture),
  ...facts(found, deps),
  buyer: {
    buyerId: found.buyerId,
    nickname: maskName(buyer?.nickname || '微信用户'),
    maskedPhone: buyer?.maskedPhone ?? null,
  },
  refundNo: found.status === 'refunding' || found.status === 'refunded' ? found.refundNo : null,
  refundFailed: found.refundFailed,
  isLogWhole: isChainWhole(found.events),
  decisions: decisionsOf(found),
});
