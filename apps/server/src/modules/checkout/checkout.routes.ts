import { CheckoutInput, CheckoutPreview, ErrorReply } from '@xiaopu/contracts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { isIosMini } from './checkout.ios.ts';
import type { Checkout } from './checkout.service.ts';

export function checkoutRoutes(
  app: RouteApp,
  { database, checkout }: { database: Database; checkout: Checkout },
): void {
  app.post(
    '/api/checkout/preview',
    {
      config: { access: 'shopper' },
      schema: {
        tags: ['checkout'],
        summary: 'Price, freight, arrival and live stock of what is about to be ordered',
        body: CheckoutInput,
        response: { 200: CheckoutPreview, 400: ErrorReply, 401: ErrorReply },
      },
    },
    ({ buyer, body, headers }) => checkout.preview(database.shared, buyer.buyerId, body, { onIos: isIosMini(headers) }),
  );
}
