export { isIosMini, virtualOnIos } from './checkout.ios.ts';
export {
  consentsOf,
  couponsOfPart,
  hasSent,
  kindOf,
  missingConsents,
  type OrderPart,
  partsOf,
} from './checkout.kinds.ts';
export { type OfferRoutesDeps, offerRoutes } from './checkout.offers.routes.ts';
export type {
  EarlyQuestion,
  MarginOverride,
  OfferQuestion,
  OfferSource,
  Offers,
  OfferTaking,
  PayStages,
} from './checkout.offers.ts';
export { minMarginRateOf } from './checkout.policies.ts';
export { createPriceBox, type PriceBoxDeps } from './checkout.price-box.ts';
export {
  breakdownOf,
  byBuyer,
  candidatesOf,
  isForShoppers,
  notesOfShop,
  type PricedQuote,
  prepareOffers,
  toNote,
} from './checkout.pricing.ts';
export {
  buildQuote,
  type FreightOf,
  type LineProblem,
  mergeWanted,
  pickupFreight,
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
  choiceOf,
  createCheckout,
  type DeliveryAddress,
  type FindAddress,
  priceWithOffers,
} from './checkout.service.ts';
