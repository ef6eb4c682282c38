import type { StartedPayment } from '@xiaopu/contracts';

/** What the shopper did at the till. It is never proof of payment: only the server's own view is. */
export type PayResult = { outcome: 'ok' | 'cancel' | 'fail'; reason?: string };
export type Pay = (started: StartedPayment) => Promise<PayResult>;
