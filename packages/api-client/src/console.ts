/** Typed calls of the merchant console's API. */
import type { CaseTrack, NewStockWebhook, StockChanges, StockWebhookMade, StockWebhooks } from '@xiaopu/contracts';
import type * as C from '@xiaopu/contracts/console';
import type { Send } from './transport.ts';

const id = encodeURIComponent;
const base = '/api/console';

export function createConsoleApi(send: Send) {
  return {
    session: {
      login: (body: C.StaffLogin) => send<C.StaffSession>({ method: 'POST', path: `${base}/session`, body }),
      get: () => send<C.StaffSession>({ method: 'GET', path: `${base}/session` }),
      end: () => send<null>({ method: 'DELETE', path: `${base}/session` }),
      changePassword: (body: C.ChangePassword) =>
        send<null>({ method: 'POST', path: `${base}/session/password`, body }),
      enrolTotp: () => send<C.TotpEnrolment>({ method: 'POST', path: `${base}/session/totp` }),
      confirmTotp: (body: C.TotpConfirm) => send<null>({ method: 'PUT', path: `${base}/session/totp`, body }),
      removeTotp: (body: C.TotpConfirm) => send<null>({ method: 'POST', path: `${base}/session/totp/remove`, body }),
    },
    dashboard: { get: () => send<C.Dashboard>({ method: 'GET', path: `${base}/dashboard` }) },
    search: (q: string) => send<C.GlobalSearch>({ method: 'GET', path: `${base}/search`, query: { q } }),
    products: {
      list: (query: C.ConsoleProductQuery) =>
        send<C.ConsoleProductPage>({ method: 'GET', path: `${base}/products`, query }),
      get: (spuId: string) => send<C.ConsoleProduct>({ method: 'GET', path: `${base}/products/${id(spuId)}` }),
      /** Card codes by SKU. */
      codes: (spuId: string) => send<C.CodeStock>({ method: 'GET', path: `${base}/products/${id(spuId)}/codes` }),
      addCodes: (spuId: string, body: C.AddCodes) =>
        send<C.AddedCodes>({ method: 'POST', path: `${base}/products/${id(spuId)}/codes`, body }),
      create: (body: C.ProductInput) => send<C.ConsoleProduct>({ method: 'POST', path: `${base}/products`, body }),
      update: (spuId: string, body: C.ProductInput) =>
        send<C.ConsoleProduct>({ method: 'PUT', path: `${base}/products/${id(spuId)}`, body }),
      publish: (body: C.ProductIds) => send<C.BatchResult>({ method: 'POST', path: `${base}/products/publish`, body }),
      unpublish: (body: C.ProductIds) =>
        send<C.BatchResult>({ method: 'POST', path: `${base}/products/unpublish`, body }),
      imports: () => send<{ jobs: C.ImportJob[] }>({ method: 'GET', path: `${base}/product-imports` }),
      importJob: (jobId: string) => send<C.ImportJob>({ method: 'GET', path: `${base}/product-imports/${id(jobId)}` }),
      commitImport: (jobId: string) =>
        send<C.ImportJob>({ method: 'POST', path: `${base}/product-imports/${id(jobId)}/commit` }),
    },
    categories: () => send<C.ConsoleCategories>({ method: 'GET', path: `${base}/categories` }),
    createCategory: (body: C.NewCategory) =>
      send<C.ConsoleCategories>({ method: 'POST', path: `${base}/categories`, body }),
    saveCategory: (categoryId: string, body: C.CategoryInput) =>
      send<C.ConsoleCategories>({ method: 'PUT', path: `${base}/categories/${id(categoryId)}`, body }),
    decoration: {
      get: () => send<C.Decoration>({ method: 'GET', path: `${base}/decoration` }),
      saveBanners: (body: C.SaveBanners) =>
        send<C.Decoration>({ method: 'PUT', path: `${base}/decoration/banners`, body }),
      saveHotWords: (body: C.SaveHotWords) =>
        send<C.Decoration>({ method: 'PUT', path: `${base}/decoration/hot-words`, body }),
    },
    media: {
      list: (query: { page: number; pageSize: number }) =>
        send<C.MediaPage>({ method: 'GET', path: `${base}/media`, query }),
    },
    promotions: {
      list: (query: C.PromotionQuery) => send<C.PromotionPage>({ method: 'GET', path: `${base}/promotions`, query }),
      create: (body: C.PromotionInput) => send<C.Promotion>({ method: 'POST', path: `${base}/promotions`, body }),
      update: (ruleId: string, body: C.PromotionInput) =>
        send<C.Promotion>({ method: 'PUT', path: `${base}/promotions/${id(ruleId)}`, body }),
      setState: (ruleId: string, body: C.SetPromotionState) =>
        send<C.Promotion>({ method: 'POST', path: `${base}/promotions/${id(ruleId)}/state`, body }),
      check: (body: C.PromotionInput, ruleId?: string) =>
        send<C.PromotionCheck>({
          method: 'POST',
          path: `${base}/promotions/check`,
          body,
          ...(ruleId && { query: { ruleId } }),
        }),
      overrides: () => send<C.MarginOverrideList>({ method: 'GET', path: `${base}/margin-overrides` }),
      override: (body: C.MarginOverrideInput) => send<null>({ method: 'POST', path: `${base}/margin-overrides`, body }),
    },
    coupons: {
      stores: () => send<C.CouponStores>({ method: 'GET', path: `${base}/coupon-stores` }),
      liability: () => send<C.CouponLiability>({ method: 'GET', path: `${base}/coupon-liability` }),
      list: (query: C.CouponTemplateQuery) =>
        send<C.CouponTemplatePage>({ method: 'GET', path: `${base}/coupons`, query }),
      create: (body: C.CouponTemplateInput) =>
        send<C.CouponTemplate>({ method: 'POST', path: `${base}/coupons`, body }),
      update: (templateId: string, body: C.CouponTemplateInput) =>
        send<C.CouponTemplate>({ method: 'PUT', path: `${base}/coupons/${id(templateId)}`, body }),
      setState: (templateId: string, body: C.SetPromotionState) =>
        send<C.CouponTemplate>({ method: 'POST', path: `${base}/coupons/${id(templateId)}/state`, body }),
      grant: (templateId: string, body: C.GrantCoupons) =>
        send<C.CouponsGranted>({ method: 'POST', path: `${base}/coupons/${id(templateId)}/grants`, body }),
    },
    priceBox: {
      goods: (query: C.StockQuery) => send<C.StockPage>({ method: 'GET', path: `${base}/stock`, query }),
      run: (body: C.PriceBoxInput) => send<C.PriceBox>({ method: 'POST', path: `${base}/price-box`, body }),
    },
    stock: {
      list: (query: C.StockQuery) => send<C.StockPage>({ method: 'GET', path: `${base}/stock`, query }),
      changes: () => send<StockChanges>({ method: 'GET', path: `${base}/stock/changes` }),
      adjust: (skuId: string, body: C.AdjustStock) =>
        send<null>({ method: 'POST', path: `${base}/stock/${id(skuId)}/adjustments`, body }),
      setSafety: (skuId: string, body: C.SetSafetyStock) =>
        send<null>({ method: 'PUT', path: `${base}/stock/${id(skuId)}/safety`, body }),
      ledger: (skuId: string, query: { page: number; pageSize: number }) =>
        send<C.LedgerPage>({ method: 'GET', path: `${base}/stock/${id(skuId)}/ledger`, query }),
      webhooks: () => send<StockWebhooks>({ method: 'GET', path: `${base}/stock/webhooks` }),
      addWebhook: (body: NewStockWebhook) =>
        send<StockWebhookMade>({ method: 'POST', path: `${base}/stock/webhooks`, body }),
      removeWebhook: (endpointId: string) =>
        send<null>({ method: 'DELETE', path: `${base}/stock/webhooks/${id(endpointId)}` }),
    },
    presales: {
      list: (query: { page: number; pageSize: number }) =>
        send<C.ConsolePresalePage>({ method: 'GET', path: `${base}/presales`, query }),
      create: (body: C.NewPresale) => send<null>({ method: 'POST', path: `${base}/presales`, body }),
      end: (activityId: string) => send<null>({ method: 'POST', path: `${base}/presales/${id(activityId)}/end` }),
      cancel: (activityId: string) => send<null>({ method: 'POST', path: `${base}/presales/${id(activityId)}/cancel` }),
    },
    tags: {
      list: () => send<C.TagList>({ method: 'GET', path: `${base}/tags` }),
      tryRule: (body: C.TryTagRule) => send<C.TriedTagRule>({ method: 'POST', path: `${base}/tags/try`, body }),
      /** Under an id of one's own: the same again is the same tag. */
      create: (tagId: string, body: C.SaveTag) =>
        send<null>({ method: 'POST', path: `${base}/tags/${id(tagId)}`, body }),
      update: (tagId: string, body: C.SaveTag) =>
        send<null>({ method: 'PUT', path: `${base}/tags/${id(tagId)}`, body }),
      remove: (tagId: string) => send<null>({ method: 'DELETE', path: `${base}/tags/${id(tagId)}` }),
      holders: (tagId: string, query: { page: number; pageSize: number }) =>
        send<C.TagHolderPage>({ method: 'GET', path: `${base}/tags/${id(tagId)}/holders`, query }),
      ofMember: (buyerId: string) => send<C.MemberTags>({ method: 'GET', path: `${base}/members/${id(buyerId)}/tags` }),
      give: (buyerId: string, tagId: string, body: C.GiveTag) =>
        send<null>({ method: 'PUT', path: `${base}/members/${id(buyerId)}/tags/${id(tagId)}`, body }),
      take: (buyerId: string, tagId: string) =>
        send<null>({ method: 'DELETE', path: `${base}/members/${id(buyerId)}/tags/${id(tagId)}` }),
    },
    /** Who visited, browsed, put in the cart and paid, in this order. */
    funnel: (query: { days: number }) => send<C.FunnelReport>({ method: 'GET', path: `${base}/funnel`, query }),
    campaignLinks: {
      list: (query: { page: number; pageSize: number }) =>
        send<C.CampaignLinkPage>({ method: 'GET', path: `${base}/campaign-links`, query }),
      create: (body: C.NewCampaignLink) => send<null>({ method: 'POST', path: `${base}/campaign-links`, body }),
      setOpen: (code: string, isOpen: boolean) =>
        send<null>({ method: 'POST', path: `${base}/campaign-links/${id(code)}/${isOpen ? 'open' : 'close'}` }),
      channels: (query: { days: number }) =>
        send<C.ChannelReport>({ method: 'GET', path: `${base}/visit-channels`, query }),
      retention: () => send<C.MonthlyRetention>({ method: 'GET', path: `${base}/retention` }),
    },
    flashSales: {
      list: (query: { page: number; pageSize: number }) =>
        send<C.FlashSalePage>({ method: 'GET', path: `${base}/flash-sales`, query }),
      create: (body: C.NewFlashSale) => send<null>({ method: 'POST', path: `${base}/flash-sales`, body }),
      end: (saleId: string) => send<null>({ method: 'POST', path: `${base}/flash-sales/${id(saleId)}/end` }),
      templates: () => send<C.FlashTemplates>({ method: 'GET', path: `${base}/flash-sale-templates` }),
      createTemplate: (body: C.NewFlashTemplate) =>
        send<C.FlashTemplate>({ method: 'POST', path: `${base}/flash-sale-templates`, body }),
      setTemplateState: (templateId: string, body: C.SetPromotionState) =>
        send<C.FlashTemplate>({ method: 'POST', path: `${base}/flash-sale-templates/${id(templateId)}/state`, body }),
    },
    messages: {
      overview: () => send<C.MessageDesk>({ method: 'GET', path: `${base}/messages` }),
      log: (query: C.NoticeQuery) => send<C.NoticeLog>({ method: 'GET', path: `${base}/messages/log`, query }),
    },
    campaigns: {
      list: (query: C.CampaignQuery) => send<C.CampaignPage>({ method: 'GET', path: `${base}/campaigns`, query }),
      create: (body: C.NewCampaign) => send<null>({ method: 'POST', path: `${base}/campaigns`, body }),
      stop: (campaignId: string) => send<null>({ method: 'POST', path: `${base}/campaigns/${id(campaignId)}/stop` }),
    },
    bargains: {
      list: (query: { page: number; pageSize: number }) =>
        send<C.ConsoleBargainPage>({ method: 'GET', path: `${base}/bargains`, query }),
      create: (body: C.NewBargain) => send<null>({ method: 'POST', path: `${base}/bargains`, body }),
      end: (activityId: string) => send<null>({ method: 'POST', path: `${base}/bargains/${id(activityId)}/end` }),
    },
    groupBuys: {
      list: (query: { page: number; pageSize: number }) =>
        send<C.ConsoleGroupActivityPage>({ method: 'GET', path: `${base}/group-buys`, query }),
      get: (activityId: string) =>
        send<C.ConsoleGroupDetail>({ method: 'GET', path: `${base}/group-buys/${id(activityId)}` }),
      create: (body: C.NewGroupActivity) => send<null>({ method: 'POST', path: `${base}/group-buys`, body }),
      end: (activityId: string) => send<null>({ method: 'POST', path: `${base}/group-buys/${id(activityId)}/end` }),
      dailies: () => send<C.DailyGroups>({ method: 'GET', path: `${base}/group-buy-dailies` }),
      createDaily: (body: C.NewDailyGroup) => send<null>({ method: 'POST', path: `${base}/group-buy-dailies`, body }),
      setDailyState: (dailyId: string, body: C.SetDailyState) =>
        send<null>({ method: 'POST', path: `${base}/group-buy-dailies/${id(dailyId)}/state`, body }),
    },
    activities: {
      calendar: (query: C.CalendarQuery) =>
        send<C.ActivityCalendar>({ method: 'GET', path: `${base}/activity-calendar`, query }),
      results: (kind: C.ActivityKind, activityId: string) =>
        send<C.ActivityResults>({ method: 'GET', path: `${base}/activity-results/${kind}/${id(activityId)}` }),
      plan: (body: C.ActivityPlan) => send<C.ActivityWarnings>({ method: 'POST', path: `${base}/activity-plan`, body }),
      check: (body: C.ActivityCheckInput) =>
        send<C.ActivityCheck>({ method: 'POST', path: `${base}/activity-check`, body }),
    },
    memberDays: {
      list: () => send<C.ConsoleMemberDays>({ method: 'GET', path: `${base}/member-days` }),
      create: (body: C.NewMemberDay) => send<C.ConsoleMemberDay>({ method: 'POST', path: `${base}/member-days`, body }),
      setState: (dayId: string, body: C.SetPromotionState) =>
        send<C.ConsoleMemberDay>({ method: 'POST', path: `${base}/member-days/${id(dayId)}/state`, body }),
    },
    complaints: {
      list: (query: C.ComplaintQuery) => send<C.ComplaintPage>({ method: 'GET', path: `${base}/complaints`, query }),
      get: (complaintId: string) =>
        send<C.ComplaintDetail>({ method: 'GET', path: `${base}/complaints/${id(complaintId)}` }),
      answer: (complaintId: string, body: C.AnswerComplaint) =>
        send<void>({ method: 'POST', path: `${base}/complaints/${id(complaintId)}/answers`, body }),
      complete: (complaintId: string, body: C.CompleteComplaint) =>
        send<void>({ method: 'POST', path: `${base}/complaints/${id(complaintId)}/complete`, body }),
      note: (complaintId: string, body: C.NoteComplaint) =>
        send<void>({ method: 'POST', path: `${base}/complaints/${id(complaintId)}/notes`, body }),
    },
    afterSales: {
      list: (query: C.ConsoleCaseQuery) =>
        send<C.ConsoleCasePage>({ method: 'GET', path: `${base}/after-sales`, query }),
      counts: () => send<C.ConsoleCaseCounts>({ method: 'GET', path: `${base}/after-sales/counts` }),
      reasons: (query: C.ReasonQuery) =>
        send<C.ReasonReport>({ method: 'GET', path: `${base}/after-sales/reasons`, query }),
      returnAddress: () => send<C.ReturnAddressReply>({ method: 'GET', path: `${base}/after-sales/return-address` }),
      setReturnAddress: (body: C.ReturnAddress) =>
        send<C.ReturnAddressReply>({ method: 'PUT', path: `${base}/after-sales/return-address`, body }),
      get: (caseNo: string) => send<C.ConsoleCase>({ method: 'GET', path: `${base}/after-sales/${id(caseNo)}` }),
      track: (caseNo: string) => send<CaseTrack>({ method: 'GET', path: `${base}/after-sales/${id(caseNo)}/track` }),
      agree: (caseNo: string) =>
        send<C.ConsoleCase>({ method: 'POST', path: `${base}/after-sales/${id(caseNo)}/agree` }),
      refuse: (caseNo: string, body: C.RefuseCase) =>
        send<C.ConsoleCase>({ method: 'POST', path: `${base}/after-sales/${id(caseNo)}/refuse`, body }),
      offer: (caseNo: string, body: C.OfferPart) =>
        send<C.ConsoleCase>({ method: 'POST', path: `${base}/after-sales/${id(caseNo)}/offer`, body }),
      receive: (caseNo: string, body: C.ReceiveGoods) =>
        send<C.ConsoleCase>({ method: 'POST', path: `${base}/after-sales/${id(caseNo)}/receive`, body }),
      send: (caseNo: string, body: C.SendExchange) =>
        send<C.ConsoleCase>({ method: 'POST', path: `${base}/after-sales/${id(caseNo)}/exchange-parcel`, body }),
      arbitrate: (caseNo: string, body: C.ArbitrateCase) =>
        send<C.ConsoleCase>({ method: 'POST', path: `${base}/after-sales/${id(caseNo)}/arbitrate`, body }),
    },
    orders: {
      list: (query: C.ConsoleOrderQuery) => send<C.ConsoleOrderPage>({ method: 'GET', path: `${base}/orders`, query }),
      counts: () => send<C.ConsoleOrderCounts>({ method: 'GET', path: `${base}/orders/counts` }),
      get: (orderNo: string) => send<C.ConsoleOrder>({ method: 'GET', path: `${base}/orders/${id(orderNo)}` }),
      ship: (orderNo: string, body: C.ShipOrder) =>
        send<C.ConsoleOrder>({ method: 'POST', path: `${base}/orders/${id(orderNo)}/parcels`, body }),
      retryUpload: (orderNo: string, parcelId: string) =>
        send<C.ConsoleOrder>({ method: 'POST', path: `${base}/orders/${id(orderNo)}/parcels/${id(parcelId)}/upload` }),
      remark: (orderNo: string, body: C.ShopRemark) =>
        send<C.ConsoleOrder>({ method: 'PUT', path: `${base}/orders/${id(orderNo)}/remark`, body }),
      refund: (orderNo: string, body: C.ShopRefund) =>
        send<C.ConsoleOrder>({ method: 'POST', path: `${base}/orders/${id(orderNo)}/refund`, body }),
      carriers: () => send<C.CarrierList>({ method: 'GET', path: `${base}/carriers` }),
    },
    bookings: {
      day: (day: string) => send<C.BookingDay>({ method: 'GET', path: `${base}/bookings`, query: { day } }),
      find: (body: C.CheckPickupCode) => send<C.BookingRow>({ method: 'POST', path: `${base}/bookings/find`, body }),
      redeem: (body: C.CheckPickupCode) =>
        send<C.BookingRow>({ method: 'POST', path: `${base}/bookings/redeem`, body }),
    },
    pickups: {
      desk: () => send<C.PickupDesk>({ method: 'GET', path: `${base}/pickups/desk` }),
      list: (query: C.PickupQuery) => send<C.PickupPage>({ method: 'GET', path: `${base}/pickups`, query }),
      find: (body: C.CheckPickupCode) => send<C.PickupRow>({ method: 'POST', path: `${base}/pickups/lookup`, body }),
      ready: (orderNo: string) => send<C.PickupRow>({ method: 'POST', path: `${base}/pickups/${id(orderNo)}/ready` }),
      /** Hands the goods over against the code. */
      checkOff: (body: C.CheckPickupCode) =>
        send<C.PickupRow>({ method: 'POST', path: `${base}/pickups/check-off`, body }),
      team: () => send<C.StoreTeam>({ method: 'GET', path: `${base}/stores/team` }),
      setTeam: (storeId: string, body: C.SetStoreTeam) =>
        send<C.StoreTeam>({ method: 'PUT', path: `${base}/stores/${id(storeId)}/team`, body }),
      shelf: (query: C.ShelfQuery) => send<C.ShelfPage>({ method: 'GET', path: `${base}/shelves`, query }),
      adjustShelf: (skuId: string, body: C.AdjustShelf) =>
        send<C.ShelfLevel>({ method: 'POST', path: `${base}/shelves/${id(skuId)}/adjustments`, body }),
    },
    refunds: {
      list: (query: C.RefundQuery) => send<C.RefundPage>({ method: 'GET', path: `${base}/refunds`, query }),
      retry: (refundNo: string) => send<null>({ method: 'POST', path: `${base}/refunds/${id(refundNo)}/retry` }),
    },
    shopMerchant: {
      get: () => send<C.ShopMerchant>({ method: 'GET', path: `${base}/payments/shop-merchant` }),
      set: (body: C.SetShopMerchant) => send<null>({ method: 'PUT', path: `${base}/payments/shop-merchant`, body }),
    },
    goLive: {
      get: () => send<C.GoLive>({ method: 'GET', path: `${base}/go-live` }),
      mark: (step: C.GoLiveStepId, body: C.MarkGoLiveStep) =>
        send<null>({ method: 'PUT', path: `${base}/go-live/steps/${id(step)}`, body }),
      start: () => send<null>({ method: 'POST', path: `${base}/go-live` }),
    },
    payments: {
      anomalies: (query: C.PaymentAnomalyQuery) =>
        send<C.PaymentAnomalyPage>({ method: 'GET', path: `${base}/payments/anomalies`, query }),
      resolve: (anomalyId: string, body: C.ResolveAnomaly) =>
        send<null>({ method: 'POST', path: `${base}/payments/anomalies/${id(anomalyId)}/resolution`, body }),
      decide: (anomalyId: string, body: C.DecideAnomaly) =>
        send<null>({ method: 'POST', path: `${base}/payments/anomalies/${id(anomalyId)}/decision`, body }),
    },
    recordKeeping: {
      get: () => send<C.RetentionView>({ method: 'GET', path: `${base}/record-keeping` }),
      hold: (orderNo: string, body: C.HoldOrder) =>
        send<null>({ method: 'PUT', path: `${base}/record-keeping/holds/${id(orderNo)}`, body }),
      release: (orderNo: string) =>
        send<null>({ method: 'DELETE', path: `${base}/record-keeping/holds/${id(orderNo)}` }),
    },
    operations: {
      health: () => send<C.HealthState>({ method: 'GET', path: `${base}/operations/health` }),
      alerts: (query: C.AlertQuery) =>
        send<C.SystemAlertPage>({ method: 'GET', path: `${base}/operations/alerts`, query }),
      silence: (lineKey: string, body: C.SilenceLine) =>
        send<null>({ method: 'PUT', path: `${base}/operations/silences/${id(lineKey)}`, body }),
      slowEndpoints: (hours: number) =>
        send<C.SlowEndpoints>({ method: 'GET', path: `${base}/operations/slow-endpoints`, query: { hours } }),
      slowRequests: (query: C.SlowQuery) =>
        send<C.SlowRequestPage>({ method: 'GET', path: `${base}/operations/slow-requests`, query }),
      deadLetters: (query: C.DeadLetterQuery) =>
        send<C.DeadLetterPage>({ method: 'GET', path: `${base}/operations/dead-letters`, query }),
      deadLetter: (eventId: string) =>
        send<C.DeadLetter>({ method: 'GET', path: `${base}/operations/dead-letters/${id(eventId)}` }),
      replay: (eventId: string) =>
        send<null>({ method: 'POST', path: `${base}/operations/dead-letters/${id(eventId)}/replay` }),
      discard: (eventId: string) =>
        send<null>({ method: 'POST', path: `${base}/operations/dead-letters/${id(eventId)}/discard` }),
    },
    finance: {
      days: (query: C.ReconciliationDaysQuery) =>
        send<C.ReconciliationDays>({ method: 'GET', path: `${base}/reconciliation/days`, query }),
      run: (day: string) =>
        send<C.ReconciliationDay>({ method: 'POST', path: `${base}/reconciliation/days/${id(day)}/run` }),
      differences: (query: C.DifferenceQuery) =>
        send<C.DifferencePage>({ method: 'GET', path: `${base}/reconciliation/differences`, query }),
      history: (differenceId: string) =>
        send<C.DifferenceHistory>({
          method: 'GET',
          path: `${base}/reconciliation/differences/${id(differenceId)}/history`,
        }),
      resolve: (differenceId: string, body: C.ResolveDifference) =>
        send<null>({ method: 'POST', path: `${base}/reconciliation/differences/${id(differenceId)}/resolution`, body }),
      reopen: (differenceId: string, body: C.ResolveDifference) =>
        send<null>({ method: 'POST', path: `${base}/reconciliation/differences/${id(differenceId)}/reopening`, body }),
    },
    distribution: {
      program: () => send<C.ConsoleProgram>({ method: 'GET', path: `${base}/distribution/program` }),
      saveProgram: (body: C.SaveProgram) =>
        send<C.ConsoleProgram>({ method: 'PUT', path: `${base}/distribution/program`, body }),
      rates: () => send<C.CommissionRateList>({ method: 'GET', path: `${base}/distribution/rates` }),
      saveRate: (body: C.SaveCommissionRate) =>
        send<C.CommissionRateList>({ method: 'PUT', path: `${base}/distribution/rates`, body }),
      removeRate: (body: C.RateTarget) =>
        send<C.CommissionRateList>({ method: 'POST', path: `${base}/distribution/rates/remove`, body }),
      distributors: (query: C.DistributorQuery) =>
        send<C.ConsoleDistributorPage>({ method: 'GET', path: `${base}/distribution/distributors`, query }),
      decide: (distributorId: string, body: C.DecideDistributor) =>
        send<null>({ method: 'POST', path: `${base}/distribution/distributors/${id(distributorId)}/decision`, body }),
      commissions: (query: C.ConsoleCommissionQuery) =>
        send<C.ConsoleCommissionPage>({ method: 'GET', path: `${base}/distribution/commissions`, query }),
      withdrawals: (query: C.ConsoleWithdrawalQuery) =>
        send<C.ConsoleWithdrawalPage>({ method: 'GET', path: `${base}/distribution/withdrawals`, query }),
      decideWithdrawal: (withdrawalId: string, body: C.DecideWithdrawal) =>
        send<null>({ method: 'POST', path: `${base}/distribution/withdrawals/${id(withdrawalId)}/decision`, body }),
      results: (query: C.ResultsQuery) =>
        send<C.DistributionResults>({ method: 'GET', path: `${base}/distribution/results`, query }),
      taxRecord: (body: C.TaxRecordInput) =>
        send<C.TaxRecord>({ method: 'POST', path: `${base}/distribution/tax-record`, body }),
    },
    payouts: {
      list: (query: C.ConsolePayoutQuery) =>
        send<C.ConsolePayoutPage>({ method: 'GET', path: `${base}/payouts`, query }),
      get: (payoutId: string) =>
        send<C.ConsolePayoutDetail>({ method: 'GET', path: `${base}/payouts/${id(payoutId)}` }),
      retry: (payoutId: string) => send<null>({ method: 'POST', path: `${base}/payouts/${id(payoutId)}/retry` }),
      cancel: (payoutId: string) => send<null>({ method: 'POST', path: `${base}/payouts/${id(payoutId)}/cancel` }),
    },
    sharing: {
      receivers: () => send<C.ShareReceiverList>({ method: 'GET', path: `${base}/profit-sharing/receivers` }),
      add: (body: C.AddShareReceiver) =>
        send<{ receiverId: string }>({ method: 'POST', path: `${base}/profit-sharing/receivers`, body }),
      setRate: (receiverId: string, body: C.SetShareRate) =>
        send<null>({ method: 'PUT', path: `${base}/profit-sharing/receivers/${id(receiverId)}/rate`, body }),
      remove: (receiverId: string) =>
        send<null>({ method: 'DELETE', path: `${base}/profit-sharing/receivers/${id(receiverId)}` }),
      orders: (query: { page: number; pageSize: number }) =>
        send<C.ShareOrderPage>({ method: 'GET', path: `${base}/profit-sharing/orders`, query }),
    },
    reviews: {
      list: (query: C.ConsoleReviewQuery) =>
        send<C.ConsoleReviewPage>({ method: 'GET', path: `${base}/reviews`, query }),
      moderate: (reviewId: string, body: C.ModerateReview) =>
        send<null>({ method: 'POST', path: `${base}/reviews/${id(reviewId)}/decision`, body }),
      reply: (reviewId: string, body: C.ReplyReview) =>
        send<null>({ method: 'PUT', path: `${base}/reviews/${id(reviewId)}/reply`, body }),
    },
    settings: {
      profile: () => send<C.ShopProfile>({ method: 'GET', path: `${base}/settings/profile` }),
      saveProfile: (body: C.ShopProfileInput) =>
        send<C.ShopProfile>({ method: 'PUT', path: `${base}/settings/profile`, body }),
      policies: () => send<C.PolicySettings>({ method: 'GET', path: `${base}/settings/policies` }),
      setPolicy: (key: string, body: C.SetPolicy) =>
        send<C.PolicySettings>({ method: 'PUT', path: `${base}/settings/policies/${id(key)}`, body }),
    },
    staff: {
      list: (query: { page: number; pageSize: number }) =>
        send<C.StaffPage>({ method: 'GET', path: `${base}/staff`, query }),
      create: (body: C.StaffInput) => send<null>({ method: 'POST', path: `${base}/staff`, body }),
      update: (staffId: string, body: C.StaffInput) =>
        send<null>({ method: 'PUT', path: `${base}/staff/${id(staffId)}`, body }),
      roles: () => send<C.RoleList>({ method: 'GET', path: `${base}/roles` }),
      createRole: (body: C.RoleInput) => send<null>({ method: 'POST', path: `${base}/roles`, body }),
      updateRole: (roleId: string, body: C.RoleInput) =>
        send<null>({ method: 'PUT', path: `${base}/roles/${id(roleId)}`, body }),
    },
    keptOutGoods: {
      list: () => send<C.KeptOutGoods>({ method: 'GET', path: `${base}/kept-out-goods` }),
      set: (spuId: string, body: C.SetKeptOut) =>
        send<null>({ method: 'PUT', path: `${base}/kept-out-goods/${id(spuId)}`, body }),
    },
    agents: {
      get: () => send<C.ServiceDesk>({ method: 'GET', path: `${base}/agents` }),
      saveDesk: (body: C.SaveServiceDesk) => send<null>({ method: 'PUT', path: `${base}/agents/desk`, body }),
      save: (staffId: string, body: C.SaveAgent) =>
        send<null>({ method: 'PUT', path: `${base}/agents/${id(staffId)}`, body }),
      remove: (staffId: string) => send<null>({ method: 'DELETE', path: `${base}/agents/${id(staffId)}` }),
      setAway: (staffId: string, body: C.SetAway) =>
        send<null>({ method: 'PUT', path: `${base}/agents/${id(staffId)}/away`, body }),
      handOver: (staffId: string, body: C.HandOver) =>
        send<C.HandedOver>({ method: 'POST', path: `${base}/agents/${id(staffId)}/hand-over`, body }),
      members: (staffId: string, query: { page: number; pageSize: number }) =>
        send<C.AgentMembers>({ method: 'GET', path: `${base}/agents/${id(staffId)}/members`, query }),
    },
    trials: {
      list: (query: { page: number; pageSize: number }) =>
        send<C.ConsoleTrialPage>({ method: 'GET', path: `${base}/trials`, query }),
      create: (body: C.NewTrial) => send<null>({ method: 'POST', path: `${base}/trials`, body }),
      applications: (trialId: string) =>
        send<C.TrialApplications>({ method: 'GET', path: `${base}/trials/${id(trialId)}/applications` }),
      send: (trialId: string, buyerId: string, body: C.SendTrial) =>
        send<null>({ method: 'PUT', path: `${base}/trials/${id(trialId)}/applications/${id(buyerId)}/waybill`, body }),
    },
    members: {
      list: (query: C.MemberQuery) => send<C.MemberPage>({ method: 'GET', path: `${base}/members`, query }),
      get: (buyerId: string) => send<C.MemberDetail>({ method: 'GET', path: `${base}/members/${id(buyerId)}` }),
      scan: (body: C.ScanMember) => send<C.MemberDetail>({ method: 'POST', path: `${base}/members/scan`, body }),
      setAgent: (buyerId: string, body: C.SetAgent) =>
        send<null>({ method: 'PUT', path: `${base}/members/${id(buyerId)}/agent`, body }),
      points: (buyerId: string, query: { page: number; pageSize: number }) =>
        send<C.MemberPointsPage>({ method: 'GET', path: `${base}/members/${id(buyerId)}/points`, query }),
      adjustPoints: (buyerId: string, body: C.AdjustPoints) =>
        send<null>({ method: 'POST', path: `${base}/members/${id(buyerId)}/points`, body }),
    },
    points: {
      report: () => send<C.PointsReport>({ method: 'GET', path: `${base}/points/report` }),
      items: (query: { page: number; pageSize: number }) =>
        send<C.MallItemPage>({ method: 'GET', path: `${base}/points/mall-items`, query }),
      createItem: (body: C.MallItemInput) =>
        send<{ itemId: string }>({ method: 'POST', path: `${base}/points/mall-items`, body }),
      updateItem: (itemId: string, body: C.MallItemInput) =>
        send<null>({ method: 'PUT', path: `${base}/points/mall-items/${id(itemId)}`, body }),
      redemptions: (query: { page: number; pageSize: number }) =>
        send<C.ConsoleRedemptionPage>({ method: 'GET', path: `${base}/points/redemptions`, query }),
      ship: (redemptionId: string, body: C.ShipRedemption) =>
        send<null>({ method: 'POST', path: `${base}/points/redemptions/${id(redemptionId)}/ship`, body }),
      lotteries: (query: { page: number; pageSize: number }) =>
        send<C.LotteryPage>({ method: 'GET', path: `${base}/points/lotteries`, query }),
      openLottery: (body: C.LotteryInput) =>
        send<{ lotteryId: string }>({ method: 'POST', path: `${base}/points/lotteries`, body }),
      stopLottery: (lotteryId: string) =>
        send<null>({ method: 'POST', path: `${base}/points/lotteries/${id(lotteryId)}/stop` }),
    },
    plans: {
      list: () => send<C.PlanList>({ method: 'GET', path: `${base}/plans` }),
      update: (planId: C.ConsolePlan['planId'], body: C.PlanInput) =>
        send<null>({ method: 'PUT', path: `${base}/plans/${id(planId)}`, body }),
    },
    audit: (query: C.AuditQuery) => send<C.AuditPage>({ method: 'GET', path: `${base}/audit`, query }),
  };
}
export type ConsoleApi = ReturnType<typeof createConsoleApi>;
