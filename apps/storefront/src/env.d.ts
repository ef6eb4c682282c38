/// <reference types="@dcloudio/types" />
declare module '*.vue' {
  import type { DefineComponent } from 'vue';

  const component: DefineComponent<object, object, unknown>;
  export default component;
}
/** Set by vite.config.ts: '' on H5 (same origin), else where the server is. */
declare const __API_BASE__: string;
/** WeChat granted this shop exact positions (EXACT_LOCATION=1). */
declare const __EXACT_LOCATION__: boolean;
/** What uni's typings do not reach of WeChat. */
declare const wx: {
  /** From base library 3.3.0 on. */
  requestMerchantTransfer?(options: {
    mchId: string;
    appId: string;
    package: string;
    success(): void;
    fail(result: { errMsg?: string }): void;
  }): void;
  /** WeCom's customer service (微信客服), from base library 2.19.0 on. */
  openCustomerServiceChat?(options: {
    extInfo: { url: string };
    corpId: string;
    showMessageCard?: boolean;
    sendMessageTitle?: string;
    sendMessagePath?: string;
    success(): void;
    fail(result: { errMsg?: string }): void;
  }): void;
  addPhoneCalendar(entry: {
    title: string;
    startTime: number;
    endTime: string;
    alarm: boolean;
    alarmOffset: number;
    success(): void;
    fail(): void;
  }): void;
  /** Base library 2.11.0. */
  getPerformance?(): { getEntriesByName(name: string): { startTime: number; duration: number }[] };
  getLocation(options: {
    type: 'gcj02' | 'wgs84';
    success(position: { latitude: number; longitude: number }): void;
    fail(): void;
  }): void;
  getSetting(options: { success(result: { authSetting: Record<string, boolean> }): void; fail(): void }): void;
  getFuzzyLocation(options: {
    type: 'gcj02' | 'wgs84';
    success(position: { latitude: number; longitude: number }): void;
    fail(): void;
  }): void;
};
