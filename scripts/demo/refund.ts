import { placeAndPay } from './buy.ts';
import type { Stage } from './stage.ts';

export async function refund(stage: Stage): Promise<void> {
  const { api, orderNo, paid } = await placeAndPay(stage, '毛巾');
  const [line] = paid.lines;
  const before =
    (await api.catalog.product(line?.spuId ?? '')).skus.find(({ skuId }) => skuId === line?.skuId)?.available ?? 0;

  stage.say('changes her mind before it is shipped: all of it back, by itself');
  await api.orders.refund(orderNo, { reason: '不想要了' });
  const refunded = await stage.until(
    () => api.orders.get(orderNo),
    ({ status }) => status === 'refunded',
  );
  stage.note(`${refunded.statusText}: ${stage.yuan(refunded.refunds[0]?.amount ?? 0)} of ${stage.yuan(paid.payable)}`);

  stage.say('the stock is back too');
  const after = await stage.until(
    async () =>
      (await api.catalog.product(line?.spuId ?? '')).skus.find(({ skuId }) => skuId === line?.skuId)?.available ?? 0,
    (available) => available > before || available === 99,
  );
  stage.note(`available ${before} → ${after}`);
  process.stdout.write('\nNothing lost.\n');
}
