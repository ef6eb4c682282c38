/** Typed calls of the shopper's API. Only types are imported, so that a mini program carries no schema code. */
import type * as C from '@xiaopu/contracts';
import type { Send } from './transport.ts';

const id = encodeURIComponent;

export function createBuyerApi(send: Send) {
  return {
    session: {
      guest: () => send<C.Session>({ method: 'POST', path: '/api/session/guest' }),
      wechatMini: (body: C.WechatMiniLogin) =>
        send<C.Session>({ method: 'POST', path: '/api/session/wechat-mini', body }),
      wechatOauthUrl: (query: C.WechatOauthUrlQuery) =>
        send<C.WechatOauthUrl>({ method: 'GET', path: '/api/session/wechat-oauth/url', query }),
      wechatOauth: (body: C.WechatOauthLogin) =>
        send<C.Session>({ method: 'POST', path: '/api/session/wechat-oauth', body }),
      bindPhone: (body: C.BindPhone) => send<C.Buyer>({ method: 'POST', path: '/api/session/phone', body }),
      get: () => send<C.Buyer>({ method: 'GET', path: '/api/session' }),
      updateProfile: (body: C.UpdateProfile) => send<C.Buyer>({ method: 'PATCH', path: '/api/session', body }),
      end: () => send<null>({ method: 'DELETE', path: '/api/session' }),
    },
    /** What changed of products' stock after a sequence; without one the newest there are. */
    stockChanges: (query: { shopId: string; spuIds: string; after?: number }) =>
      send<C.StockChanges>({ method: 'GET', path: '/api/stock/changes', query }),
    catalog: {
      home: () => send<C.Home>({ method: 'GET', path: '/api/home' }),
      feed: (query: C.CursorQuery) => send<C.ProductPage>({ method: 'GET', path: '/api/home/feed', query }),
      categories: () => send<C.CategoryTree>({ method: 'GET', path: '/api/categories' }),
      products: (query: C.ProductQuery) => send<C.ProductPage>({ method: 'GET', path: '/api/products', query }),
      facets: (query: C.FacetQuery) => send<C.Facets>({ method: 'GET', path: '/api/products/facets', query }),
      product: (spuId: string) => send<C.ProductDetail>({ method: 'GET', path: `/api/products/${id(spuId)}` }),
      reviews: (spuId: string, query: C.ReviewQuery) =>
        send<C.ReviewPage>({ method: 'GET', path: `/api/products/${id(spuId)}/reviews`, query }),
      nearbyStores: (question: C.NearbyQuestion) =>
        send<C.NearbyStores>({ method: 'POST', path: '/api/stores/nearby', body: question }),
      scanStores: (query: C.PositionQuery) => send<C.ScanStores>({ method: 'GET', path: '/api/scan-stores', query }),
      /** By the barcode on a store's shelf. */
      scan: (storeId: string, barcode: string) =>
        send<C.ScannedSku>({ method: 'GET', path: `/api/scan-stores/${id(storeId)}/barcodes/${id(barcode)}` }),
      storeStock: (spuId: string, query: C.PositionQuery) =>
        send<C.StoreStock>({ method: 'GET', path: `/api/products/${id(spuId)}/stores`, query }),
      shop: (shopId: string) => send<C.ShopCard>({ method: 'GET', path: `/api/shops/${id(shopId)}` }),
    },
    search: {
      suggestions: (query: C.SuggestQuery) =>
        send<C.Suggestions>({ method: 'GET', path: '/api/search/suggestions', query }),
      hotWords: () => send<C.HotWords>({ method: 'GET', path: '/api/search/hot-words' }),
      history: () => send<C.SearchHistory>({ method: 'GET', path: '/api/search/history' }),
      clearHistory: () => send<null>({ method: 'DELETE', path: '/api/search/history' }),
    },
    activities: {
      /** Its page was opened. */
      seen: (activityId: string) => send<null>({ method: 'POST', path: `/api/activities/${id(activityId)}/seen` }),
    },
    flashSales: {
      list: () => send<C.FlashSaleList>({ method: 'GET', path: '/api/flash-sales' }),
      get: (saleId: string) => send<C.FlashSale>({ method: 'GET', path: `/api/flash-sales/${id(saleId)}` }),
      /** The same key is the same place: repeat it after 202 or a lost reply. */
      take: (saleId: string, body: C.TakeFlashPlace, idempotencyKey: string) =>
        send<C.FlashPlace>({
          method: 'POST',
          path: `/api/flash-sales/${id(saleId)}/places`,
          body,
          headers: { 'idempotency-key': idempotencyKey },
        }),
      place: (saleId: string, placeId: string) =>
        send<C.FlashPlace>({ method: 'GET', path: `/api/flash-sales/${id(saleId)}/places/${id(placeId)}` }),
      giveUp: (saleId: string, placeId: string) =>
        send<C.FlashPlace>({ method: 'DELETE', path: `/api/flash-sales/${id(saleId)}/places/${id(placeId)}` }),
    },
    bargains: {
      offers: () => send<C.BargainOfferList>({ method: 'GET', path: '/api/bargain-offers' }),
      open: (body: C.OpenBargain) => send<C.Bargain>({ method: 'POST', path: '/api/bargains', body }),
      mine: () => send<C.MyBargains>({ method: 'GET', path: '/api/bargains' }),
      get: (bargainId: string) => send<C.Bargain>({ method: 'GET', path: `/api/bargains/${id(bargainId)}` }),
      help: (bargainId: string) => send<C.Bargain>({ method: 'POST', path: `/api/bargains/${id(bargainId)}/helps` }),
    },
    /** What the shopper did on the pages; may be sent again. */
    sendActs: (body: C.SendActs) => send<C.ActsTaken>({ method: 'POST', path: '/api/events', body }),
    recommendations: {
      list: (query: C.RecommendationQuery) =>
        send<C.Recommendations>({ method: 'GET', path: '/api/recommendations', query }),
      preference: () => send<C.Personalisation>({ method: 'GET', path: '/api/recommendations/preference' }),
      setPreference: (body: C.Personalisation) =>
        send<C.Personalisation>({ method: 'PUT', path: '/api/recommendations/preference', body }),
    },
    noteVisit: (body: C.NoteVisit) => send<null>({ method: 'POST', path: '/api/visits', body }),
    distribution: {
      visit: (body: C.VisitLink) => send<C.LinkLanding>({ method: 'POST', path: '/api/distribution/visits', body }),
      programs: () => send<C.MyPrograms>({ method: 'GET', path: '/api/distribution/programs' }),
      apply: (shopId: string, body: C.ApplyDistributor) =>
        send<C.MyProgram>({ method: 'POST', path: `/api/distribution/shops/${id(shopId)}/application`, body }),
      centre: (shopId: string) =>
        send<C.DistributionCentre>({ method: 'GET', path: `/api/distribution/shops/${id(shopId)}/centre` }),
      commissions: (shopId: string, query: C.CommissionQuery) =>
        send<C.CommissionPage>({ method: 'GET', path: `/api/distribution/shops/${id(shopId)}/commissions`, query }),
      earnings: (shopId: string, query: C.CursorQuery) =>
        send<C.EarningsPage>({ method: 'GET', path: `/api/distribution/shops/${id(shopId)}/earnings`, query }),
      customers: (shopId: string, query: C.CursorQuery) =>
        send<C.DistributionCustomerPage>({
          method: 'GET',
          path: `/api/distribution/shops/${id(shopId)}/customers`,
          query,
        }),
      interests: (shopId: string, bindingId: string) =>
        send<C.CustomerInterests>({
          method: 'POST',
          path: `/api/distribution/shops/${id(shopId)}/customers/${id(bindingId)}/interests`,
        }),
      goods: (shopId: string) =>
        send<C.GoodsToPromoteList>({ method: 'GET', path: `/api/distribution/shops/${id(shopId)}/goods` }),
      makeLink: (shopId: string, body: C.MakeLink) =>
        send<C.DistributionLink>({ method: 'POST', path: `/api/distribution/shops/${id(shopId)}/links`, body }),
      withdrawals: (shopId: string) =>
        send<C.WithdrawalList>({ method: 'GET', path: `/api/distribution/shops/${id(shopId)}/withdrawals` }),
      withdrawalCode: (shopId: string) =>
        send<C.WithdrawalCode>({ method: 'POST', path: `/api/distribution/shops/${id(shopId)}/withdrawal-code` }),
      withdraw: (shopId: string, body: C.Withdraw) =>
        send<C.Withdrawal>({ method: 'POST', path: `/api/distribution/shops/${id(shopId)}/withdrawals`, body }),
      guides: () => send<C.MyGuides>({ method: 'GET', path: '/api/distribution/guides' }),
      allowLook: (shopId: string, body: C.AllowLook) =>
        send<C.MyGuides>({ method: 'PUT', path: `/api/distribution/guides/${id(shopId)}/look`, body }),
    },
    groupBuys: {
      offers: () => send<C.GroupOfferList>({ method: 'GET', path: '/api/group-offers' }),
      openGroups: (activityId: string) =>
        send<C.OpenGroups>({ method: 'GET', path: `/api/group-offers/${id(activityId)}/groups` }),
      mine: () => send<C.MyGroups>({ method: 'GET', path: '/api/groups' }),
      get: (groupId: string) => send<C.Group>({ method: 'GET', path: `/api/groups/${id(groupId)}` }),
      ofOrder: (orderNo: string) => send<C.Group>({ method: 'GET', path: `/api/orders/${id(orderNo)}/group` }),
      visit: (groupId: string, body: C.GroupVisit) =>
        send<null>({ method: 'POST', path: `/api/groups/${id(groupId)}/visits`, body }),
    },
    presales: () => send<C.PresaleList>({ method: 'GET', path: '/api/presales' }),
    memberDays: () => send<C.MemberDayList>({ method: 'GET', path: '/api/member-days' }),
    cart: {
      get: () => send<C.Cart>({ method: 'GET', path: '/api/cart' }),
      add: (body: C.AddCartLine) => send<C.Cart>({ method: 'POST', path: '/api/cart/lines', body }),
      update: (lineId: string, body: C.UpdateCartLine) =>
        send<C.Cart>({ method: 'PATCH', path: `/api/cart/lines/${id(lineId)}`, body }),
      select: (body: C.SelectCartLines) => send<C.Cart>({ method: 'POST', path: '/api/cart/selection', body }),
      remove: (body: C.RemoveCartLines) => send<C.Cart>({ method: 'POST', path: '/api/cart/lines/remove', body }),
    },
    addresses: {
      list: (query: C.AddressQuery) => send<C.AddressList>({ method: 'GET', path: '/api/addresses', query }),
      create: (body: C.AddressInput) => send<C.Address>({ method: 'POST', path: '/api/addresses', body }),
      update: (addressId: string, body: C.AddressInput) =>
        send<C.Address>({ method: 'PUT', path: `/api/addresses/${id(addressId)}`, body }),
      remove: (addressId: string) => send<null>({ method: 'DELETE', path: `/api/addresses/${id(addressId)}` }),
      recognise: (body: C.RecogniseAddress) =>
        send<C.RecognisedAddress>({ method: 'POST', path: '/api/addresses/recognise', body }),
    },
    favourites: {
      list: (query: C.CursorQuery) => send<C.FavouritePage>({ method: 'GET', path: '/api/favourites', query }),
      get: (spuId: string) => send<C.FavouriteState>({ method: 'GET', path: `/api/favourites/${id(spuId)}` }),
      add: (spuId: string) => send<C.FavouriteState>({ method: 'PUT', path: `/api/favourites/${id(spuId)}` }),
      remove: (spuId: string) => send<C.FavouriteState>({ method: 'DELETE', path: `/api/favourites/${id(spuId)}` }),
    },
    footprints: {
      list: (query: C.CursorQuery) => send<C.FootprintPage>({ method: 'GET', path: '/api/footprints', query }),
      add: (spuId: string) => send<null>({ method: 'PUT', path: `/api/footprints/${id(spuId)}` }),
      clear: () => send<null>({ method: 'DELETE', path: '/api/footprints' }),
    },
    coupons: {
      centre: () => send<C.CouponCentre>({ method: 'GET', path: '/api/coupons/centre' }),
      mine: (query: C.MyCouponQuery) => send<C.MyCouponPage>({ method: 'GET', path: '/api/coupons', query }),
      nearby: (at: C.Position) => send<C.NearbyCoupons>({ method: 'POST', path: '/api/coupons/nearby', body: at }),
      claim: (body: C.ClaimCoupon) => send<C.MyCoupon>({ method: 'POST', path: '/api/coupons/claims', body }),
      packetOfOrder: (orderNo: string) =>
        send<C.OrderPacket>({ method: 'GET', path: '/api/coupons/packets', query: { orderNo } }),
      packet: (packetId: string) =>
        send<C.CouponPacket>({ method: 'GET', path: `/api/coupons/packets/${id(packetId)}` }),
      claimPacket: (packetId: string) =>
        send<C.CouponPacket>({ method: 'POST', path: `/api/coupons/packets/${id(packetId)}/claims` }),
      ofProduct: (spuId: string) => send<C.ProductOffers>({ method: 'GET', path: `/api/products/${id(spuId)}/offers` }),
    },
    checkout: {
      preview: (body: C.CheckoutInput) =>
        send<C.CheckoutPreview>({ method: 'POST', path: '/api/checkout/preview', body }),
      /** Places of a service and the windows that can be booked there. */
      bookingWindows: (spuId: string) =>
        send<C.BookingOffers>({ method: 'GET', path: `/api/products/${spuId}/booking-windows` }),
      /** Stores of one of its shops with what they have of it. */
      pickupOffers: (body: C.PickupOffersInput) =>
        send<C.PickupOffers>({ method: 'POST', path: '/api/checkout/pickup-offers', body }),
    },
    afterSales: {
      options: (query: { orderNo: string }) =>
        send<C.AfterSaleOptions>({ method: 'GET', path: '/api/after-sales/options', query }),
      quote: (body: C.QuoteAfterSale) =>
        send<C.AfterSaleQuote>({ method: 'POST', path: '/api/after-sales/quote', body }),
      apply: (body: C.ApplyAfterSale) => send<C.AfterSaleDetail>({ method: 'POST', path: '/api/after-sales', body }),
      list: (query: C.AfterSaleQuery) => send<C.AfterSalePage>({ method: 'GET', path: '/api/after-sales', query }),
      get: (caseNo: string) => send<C.AfterSaleDetail>({ method: 'GET', path: `/api/after-sales/${id(caseNo)}` }),
      track: (caseNo: string) => send<C.CaseTrack>({ method: 'GET', path: `/api/after-sales/${id(caseNo)}/track` }),
      edit: (caseNo: string, body: C.EditAfterSale) =>
        send<C.AfterSaleDetail>({ method: 'PUT', path: `/api/after-sales/${id(caseNo)}`, body }),
      cancel: (caseNo: string) =>
        send<C.AfterSaleDetail>({ method: 'POST', path: `/api/after-sales/${id(caseNo)}/cancel` }),
      shipBack: (caseNo: string, body: C.ShipBack) =>
        send<C.AfterSaleDetail>({ method: 'POST', path: `/api/after-sales/${id(caseNo)}/return-parcel`, body }),
      acceptOffer: (caseNo: string) =>
        send<C.AfterSaleDetail>({ method: 'POST', path: `/api/after-sales/${id(caseNo)}/offer/accept` }),
      declineOffer: (caseNo: string) =>
        send<C.AfterSaleDetail>({ method: 'POST', path: `/api/after-sales/${id(caseNo)}/offer/decline` }),
      escalate: (caseNo: string, body: C.EscalateAfterSale) =>
        send<C.AfterSaleDetail>({ method: 'POST', path: `/api/after-sales/${id(caseNo)}/escalate`, body }),
      confirm: (caseNo: string) =>
        send<C.AfterSaleDetail>({ method: 'POST', path: `/api/after-sales/${id(caseNo)}/confirm` }),
    },
    timings: (body: C.ClientTimings) => send<null>({ method: 'POST', path: '/api/client-timings', body }),
    orders: {
      place: (body: C.PlaceOrder, idempotencyKey: string) =>
        send<C.PlacedOrder>({
          method: 'POST',
          path: '/api/orders',
          body,
          headers: { 'idempotency-key': idempotencyKey },
        }),
      /** What a virtual order gave: card codes, access. */
      delivery: (orderNo: string) => send<C.Deliveries>({ method: 'POST', path: `/api/orders/${orderNo}/delivery` }),
      /** As `place`, from a client that can wait: at peaks the order is accepted first and placed in its turn. */
      submit: (body: C.PlaceOrder, idempotencyKey: string) =>
        send<C.PlacedOrder | C.QueuedOrder>({
          method: 'POST',
          path: '/api/orders',
          body,
          headers: { 'idempotency-key': idempotencyKey, prefer: 'respond-async' },
        }),
      queued: (idempotencyKey: string) =>
        send<C.QueuedOrder>({ method: 'GET', path: `/api/orders/queued/${id(idempotencyKey)}` }),
      list: (query: C.OrderQuery) => send<C.OrderCardPage>({ method: 'GET', path: '/api/orders', query }),
      counts: () => send<C.OrderCounts>({ method: 'GET', path: '/api/orders/counts' }),
      get: (orderNo: string) => send<C.OrderDetail>({ method: 'GET', path: `/api/orders/${id(orderNo)}` }),
      previewBalance: (orderNo: string, body: C.BalanceInput) =>
        send<C.BalancePreview>({ method: 'POST', path: `/api/orders/${id(orderNo)}/balance/preview`, body }),
      payBalance: (orderNo: string, body: C.BalanceInput) =>
        send<C.PlacedOrder>({ method: 'POST', path: `/api/orders/${id(orderNo)}/balance`, body }),
      cancel: (orderNo: string, body: C.CancelOrder) =>
        send<C.OrderDetail>({ method: 'POST', path: `/api/orders/${id(orderNo)}/cancel`, body }),
      refund: (orderNo: string, body: C.RequestRefund) =>
        send<C.OrderDetail>({ method: 'POST', path: `/api/orders/${id(orderNo)}/refund`, body }),
      confirmReceipt: (orderNo: string) =>
        send<C.OrderDetail>({ method: 'POST', path: `/api/orders/${id(orderNo)}/confirm-receipt` }),
      track: (orderNo: string) => send<C.Track>({ method: 'GET', path: `/api/orders/${id(orderNo)}/track` }),
      review: (orderNo: string, body: C.ReviewInput) =>
        send<C.ReviewState>({ method: 'POST', path: `/api/orders/${id(orderNo)}/reviews`, body }),
    },
    payments: {
      start: (paymentId: string, body: C.StartPayment) =>
        send<C.StartedPayment>({ method: 'POST', path: `/api/payments/${id(paymentId)}/start`, body }),
      channels: (query: C.ChannelQuery) =>
        send<C.PaymentChannels>({ method: 'GET', path: '/api/payment-channels', query }),
      get: (paymentId: string) => send<C.PaymentView>({ method: 'GET', path: `/api/payments/${id(paymentId)}` }),
    },
    payouts: {
      get: (payoutId: string) => send<C.PayoutView>({ method: 'GET', path: `/api/payouts/${id(payoutId)}` }),
    },
    membership: {
      get: () => send<C.MemberCentre>({ method: 'GET', path: '/api/membership' }),
      growth: (query: C.GrowthQuery) => send<C.GrowthPage>({ method: 'GET', path: '/api/membership/growth', query }),
      code: () => send<C.MemberCode>({ method: 'GET', path: '/api/membership/code' }),
      setBirthday: (body: C.SetBirthday) => send<null>({ method: 'PUT', path: '/api/membership/birthday', body }),
    },
    points: {
      get: () => send<C.PointsHome>({ method: 'GET', path: '/api/points' }),
      ledger: (query: C.GrowthQuery) => send<C.PointsPage>({ method: 'GET', path: '/api/points/ledger', query }),
      signIn: () => send<C.SignedIn>({ method: 'POST', path: '/api/points/sign-in' }),
      mall: () => send<C.Mall>({ method: 'GET', path: '/api/points/mall' }),
      redeem: (itemId: string, body: C.Redeem, idempotencyKey: string) =>
        send<C.Redemption>({
          method: 'POST',
          path: `/api/points/mall/${id(itemId)}/redeem`,
          body,
          headers: { 'idempotency-key': idempotencyKey },
        }),
      redemptions: (query: C.GrowthQuery) =>
        send<C.RedemptionPage>({ method: 'GET', path: '/api/points/redemptions', query }),
      lottery: () => send<C.CurrentLottery>({ method: 'GET', path: '/api/points/lottery' }),
      draw: (lotteryId: string, idempotencyKey: string) =>
        send<C.DrawResult>({
          method: 'POST',
          path: `/api/points/lotteries/${id(lotteryId)}/draw`,
          headers: { 'idempotency-key': idempotencyKey },
        }),
      draws: (query: C.GrowthQuery) => send<C.DrawPage>({ method: 'GET', path: '/api/points/draws', query }),
      referral: () => send<C.Referral>({ method: 'GET', path: '/api/points/referral' }),
      sawDevice: (body: C.SawDevice) => send<null>({ method: 'PUT', path: '/api/points/device', body }),
      bindReferral: (body: C.BindReferral) => send<null>({ method: 'POST', path: '/api/points/referral', body }),
    },
    subscription: {
      get: () => send<C.PaidMembership>({ method: 'GET', path: '/api/subscription' }),
      startTrial: () => send<C.PaidMembership>({ method: 'POST', path: '/api/subscription/trial' }),
      buy: (body: C.BuyPlan) => send<C.PlanPurchase>({ method: 'POST', path: '/api/subscription/purchases', body }),
      setReminder: (body: C.SetReminder) =>
        send<C.PaidMembership>({ method: 'PUT', path: '/api/subscription/reminder', body }),
      refund: () => send<C.PaidMembership>({ method: 'POST', path: '/api/subscription/refund' }),
      agreeToRenewal: () =>
        send<C.PaidMembership>({ method: 'POST', path: '/api/subscription/auto-renewal', body: { agreed: true } }),
      endRenewal: () => send<C.PaidMembership>({ method: 'DELETE', path: '/api/subscription/auto-renewal' }),
    },
    trials: {
      list: () => send<C.TrialList>({ method: 'GET', path: '/api/trials' }),
      apply: (trialId: string, body: C.ApplyTrial) =>
        send<null>({ method: 'POST', path: `/api/trials/${id(trialId)}/applications`, body }),
    },
    service: {
      shops: () => send<C.ServiceShops>({ method: 'GET', path: '/api/service-channels' }),
      open: (shopId: string) => send<C.ServiceChannel>({ method: 'POST', path: `/api/service-channels/${id(shopId)}` }),
    },
    invitation: () => send<C.AgentInvitation>({ method: 'GET', path: '/api/wecom/invitation' }),
    messages: {
      list: (query: C.CursorQuery) => send<C.InboxPage>({ method: 'GET', path: '/api/messages', query }),
      unread: () => send<C.UnreadMessages>({ method: 'GET', path: '/api/messages/unread' }),
      readAll: () => send<null>({ method: 'POST', path: '/api/messages/read' }),
      templates: () => send<C.SubscriptionTemplates>({ method: 'GET', path: '/api/messages/subscriptions' }),
      subscribe: (body: C.RecordSubscriptions) =>
        send<C.SubscriptionTemplates>({ method: 'POST', path: '/api/messages/subscriptions', body }),
      opened: (noticeId: string) =>
        send<C.OpenedMessage>({ method: 'POST', path: `/api/messages/notices/${id(noticeId)}/opened` }),
      preferences: () => send<C.MessagePreferences>({ method: 'GET', path: '/api/messages/preferences' }),
      setPreference: (body: C.SetMessagePreference) =>
        send<C.MessagePreferences>({ method: 'PUT', path: '/api/messages/preferences', body }),
    },
  };
}
export type BuyerApi = ReturnType<typeof createBuyerApi>;
