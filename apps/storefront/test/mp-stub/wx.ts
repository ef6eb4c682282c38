/** The part of `wx` the shop uses. Requests go to the test's own answers; everything else is remembered in `calls`. */
import { emptyQuery } from './component.ts';
import { startWorker } from './worker.ts';

export interface WxRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Record<string, string>;
}
export interface WxReply {
  status?: number;
  body?: unknown;
  /** A failed exchange instead of a reply, as WeChat words it: "request:fail timeout". */
  fail?: string;
  delayMs?: number;
}
export type Answer = (request: WxRequest) => WxReply | Promise<WxReply>;

export interface WxOptions {
  /** The built program, where a Worker finds its file. */
  dist: string;
  answer: Answer;
  navigate(kind: 'navigateTo' | 'redirectTo' | 'switchTab' | 'reLaunch' | 'navigateBack', url: string): void;
  storage: Map<string, unknown>;
  /** What the shopper does when asked: showModal, requestPayment, chooseAddress … */
  answers: Partial<Record<string, (options: Record<string, unknown>) => { success?: unknown; fail?: unknown }>>;
}

const subscriptions = [
  'onNetworkStatusChange',
  'offNetworkStatusChange',
  'onAppShow',
  'onAppHide',
  'onWindowResize',
  'onThemeChange',
  'onKeyboardHeightChange',
];
/** Remembered in `calls`, answered by `answers` or with success. */
const plain = [
  'setNavigationBarTitle',
  'setNavigationBarColor',
  'stopPullDownRefresh',
  'startPullDownRefresh',
  'showToast',
  'hideToast',
  'showModal',
  'showLoading',
  'hideLoading',
  'showActionSheet',
  'vibrateShort',
  'previewImage',
  'setClipboardData',
  'getClipboardData',
  'pageScrollTo',
  'makePhoneCall',
  'hideKeyboard',
  'login',
  'requestPayment',
  'chooseAddress',
  'getLocation',
  'getFuzzyLocation',
  'chooseImage',
  'chooseMedia',
  'uploadFile',
  'hideTabBar',
  'showTabBar',
  'openSetting',
  'getSetting',
  'authorize',
  'requestSubscribeMessage',
  'openBusinessView',
  'scanCode',
  'openLocation',
];

interface Callbacks {
  success?: (result: unknown) => void;
  fail?: (error: unknown) => void;
  complete?: (result: unknown) => void;
}

const screen = {
  windowWidth: 390,
  windowHeight: 844,
  screenWidth: 390,
  screenHeight: 844,
  pixelRatio: 3,
  statusBarHeight: 47,
};
const system = {
  ...screen,
  language: 'zh_CN',
  platform: 'ios',
  system: 'iOS 17',
  SDKVersion: '3.7.0',
  version: '8.0.50',
  brand: 'iPhone',
  model: 'iPhone 15',
};

/** WeChat keeps JSON: whatever is a proxy or a class comes back plain. */
const copyOf = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

export function createWx({ dist, answer, navigate, storage, answers }: WxOptions) {
  const requests: WxRequest[] = [];
  const calls: { name: string; options: Record<string, unknown> }[] = [];
  const workers: { posts: { spentMs: number }[]; isAsked(): boolean }[] = [];
  let pending = 0;

  const settleCall = (options: Callbacks, result: unknown): void => {
    options.success?.(result);
    options.complete?.(result);
  };
  const remembered =
    (name: string) =>
    (options: Record<string, unknown> & Callbacks = {}) => {
      calls.push({ name, options });
      const reply = answers[name]?.(options) ?? { success: { errMsg: `${name}:ok` } };
      setImmediate(() => {
        if (reply.fail !== undefined) {
          options.fail?.(reply.fail);
          options.complete?.(reply.fail);
        } else settleCall(options, reply.success);
      });
    };

  function request(options: Record<string, unknown> & Callbacks) {
    const url = new URL(String(options.url));
    const seen: WxRequest = {
      method: String(options.method ?? 'GET'),
      path: url.pathname,
      query: url.searchParams,
      body: options.data,
      headers: (options.header ?? {}) as Record<string, string>,
    };
    requests.push(seen);
    pending++;
    void Promise.resolve(answer(seen)).then(async ({ status = 200, body = null, fail, delayMs = 0 }) => {
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      pending--;
      if (fail !== undefined) options.fail?.({ errMsg: fail });
      else
        settleCall(options, {
          statusCode: status,
          data: JSON.parse(JSON.stringify(body)),
          header: { 'x-request-id': 'stub' },
          errMsg: 'request:ok',
        });
    });
    return { abort() {} };
  }

  const own: Record<string, unknown> = {
    request,
    getStorageSync: (key: string) => storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => storage.set(key, copyOf(value)),
    setStorage: (options: { key: string; data: unknown } & Callbacks) => {
      storage.set(options.key, copyOf(options.data));
      settleCall(options, {});
    },
    removeStorage: (options: { key: string } & Callbacks) => {
      storage.delete(options.key);
      settleCall(options, {});
    },
    getSystemInfoSync: () => system,
    getWindowInfo: () => screen,
    getDeviceInfo: () => system,
    getAppBaseInfo: () => system,
    getAppAuthorizeSetting: () => ({}),
    getSystemSetting: () => ({}),
    getAccountInfoSync: () => ({ miniProgram: { appId: 'wxstub' } }),
    getLaunchOptionsSync: () => ({ path: 'pages/home/index', query: {}, scene: 1001 }),
    getEnterOptionsSync: () => ({ path: 'pages/home/index', query: {}, scene: 1001 }),
    getMenuButtonBoundingClientRect: () => ({ top: 51, left: 296, right: 383, bottom: 83, width: 87, height: 32 }),
    canIUse: () => true,
    getNetworkType: (options: Callbacks) => settleCall(options, { networkType: 'wifi' }),
    createSelectorQuery: emptyQuery,
    createWorker: (file: string) => {
      calls.push({ name: 'createWorker', options: { file } });
      const refused = answers.createWorker?.({ file }).fail;
      if (refused !== undefined) throw refused;
      const { worker, posts, isBusy: isAsked } = startWorker(dist, file);
      workers.push({ posts, isAsked });
      return worker;
    },
    navigateTo: (options: { url: string } & Callbacks) => {
      navigate('navigateTo', options.url);
      settleCall(options, {});
    },
    redirectTo: (options: { url: string } & Callbacks) => {
      navigate('redirectTo', options.url);
      settleCall(options, {});
    },
    switchTab: (options: { url: string } & Callbacks) => {
      navigate('switchTab', options.url);
      settleCall(options, {});
    },
    reLaunch: (options: { url: string } & Callbacks) => {
      navigate('reLaunch', options.url);
      settleCall(options, {});
    },
    navigateBack: (options: Callbacks = {}) => {
      navigate('navigateBack', '');
      settleCall(options, {});
    },
  };
  for (const name of subscriptions) own[name] ??= () => undefined;
  for (const name of plain) own[name] ??= remembered(name);
  return { wx: own, requests, calls, workers, isBusy: () => pending > 0 || workers.some(({ isAsked }) => isAsked()) };
}
