export type { OfferQuestion, OfferSource, Offers, OfferTaking } from './checkout.offers.ts';
export {
  buildQuote,
  type FreightOf,
  type LineProblem,
  mergeWanted,
  type Quote,
  type QuoteLine,
  type QuoteShop,
  type WantedLine,
} from './checkout.quote.ts';
export { checkoutRoutes } from './checkout.routes.ts';
export {
  addressText,
  type Checkout,
  type CheckoutDeps,
  createCheckout,
  type DeliveryAddress,
  type FindAddress,
} from './checkout.service.ts';
