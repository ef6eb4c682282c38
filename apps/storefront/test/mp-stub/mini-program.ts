/**
 * Runs a built WeChat mini program without WeChat: loads dist/ into node:vm, draws its WXML, taps, and counts what crosses
 * (requests, setData). It knows only what our build uses.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve as resolvePath } from 'node:path';
import vm from 'node:vm';
import { type ComponentOptions, createInstance, type Host, type Instance } from './component.ts';
import { createDrawing, type Definition, type Drawn, type PageState } from './drawing.ts';
import { createScreen } from './screen.ts';
import { type Answer, createWx, type WxOptions } from './wx.ts';
import { parseWxml, type Template } from './wxml.ts';

export interface SetDataNote {
  page: string;
  is: string;
  bytes: number;
}

export interface MiniProgramOptions {
  dist: string;
  answer: Answer;
  storage?: Map<string, unknown>;
  answers?: WxOptions['answers'];
  /** Timers of at least this length wait until `releaseTimers`, so that a test sees what the first paint carried. */
  holdTimersFromMs?: number;
}

export function startMiniProgram({
  dist,
  answer,
  storage = new Map(),
  answers = {},
  holdTimersFromMs,
}: MiniProgramOptions) {
  const held: (() => void)[] = [];
  const awaited = new Set<NodeJS.Timeout>();
  const longestAwaitedMs = 400;
  let holding = holdTimersFromMs !== undefined;
  const timeout = (run: () => void, ms = 0) => {
    if (holding && ms >= (holdTimersFromMs ?? 0)) {
      held.push(run);
      return 0;
    }
    if (ms > longestAwaitedMs) return setTimeout(run, ms);
    // `settle` waits for these: a page that grows a moment later is not at rest yet.
    const timer = setTimeout(() => {
      awaited.delete(timer);
      run();
    }, ms);
    awaited.add(timer);
    return timer;
  };
  const forget = (timer: NodeJS.Timeout): void => {
    awaited.delete(timer);
    clearTimeout(timer);
  };
  const definitions = new Map<string, Definition>();
  const modules = new Map<string, { exports: unknown }>();
  const loading: string[] = [];
  const stack: PageState[] = [];
  const tabs = new Map<string, PageState>();
  const setDataNotes: SetDataNote[] = [];
  const appJson = JSON.parse(readFileSync(join(dist, 'app.json'), 'utf8')) as {
    tabBar?: { list: { pagePath: string }[] };
  };
  const tabPaths = new Set((appJson.tabBar?.list ?? []).map((tab) => tab.pagePath));
  let app: Record<string, unknown> = {};
  let drawing: PageState | undefined;
  /** Owners that set data since the last drawing: WeChat hands properties down at each setData, not once per drawing. */
  const touched = new Set<Instance>();
  let moves = 0;

  const { wx, requests, calls, workers, isBusy } = createWx({
    dist,
    answer,
    storage,
    answers,
    navigate: (kind, url) => {
      moves++;
      setImmediate(() => {
        navigate(kind, url);
        moves--;
      });
    },
  });

  const sandbox: Record<string, unknown> = {
    wx,
    console,
    setTimeout: timeout,
    clearTimeout: forget,
    setInterval,
    clearInterval,
    setImmediate,
    URL,
    App: (options: Record<string, unknown>) => {
      app = options;
    },
    Page: () => undefined,
    Component: (options: ComponentOptions) => {
      const path = loading.at(-1) as string;
      definitions.set(path, { options, template: readTemplate(path), using: readUsing(path) });
    },
    getApp: () => app,
    getCurrentPages: () => stack.map((page) => page.instance),
  };
  sandbox.global = sandbox;
  const context = vm.createContext(sandbox);

  function readTemplate(path: string): Template[] {
    return parseWxml(readFileSync(join(dist, `${path}.wxml`), 'utf8'));
  }
  function readUsing(path: string): Record<string, string> {
    const json = JSON.parse(readFileSync(join(dist, `${path}.json`), 'utf8')) as {
      usingComponents?: Record<string, string>;
    };
    return Object.fromEntries(
      Object.entries(json.usingComponents ?? {}).map(([tag, target]) => [
        tag,
        target.startsWith('/') ? target.slice(1) : resolvePath('/', dirname(path), target).slice(1),
      ]),
    );
  }
  function load(path: string): unknown {
    const known = modules.get(path);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(path, module);
    const source = readFileSync(join(dist, `${path}.js`), 'utf8');
    const run = vm.runInContext(`(function (require, module, exports) {${source}\n})`, context, {
      filename: `${path}.js`,
    }) as (...args: unknown[]) => void;
    loading.push(path);
    run(
      (target: string) => load(resolvePath('/', dirname(path), target).slice(1).replace(/\.js$/, '')),
      module,
      module.exports,
    );
    loading.pop();
    return module.exports;
  }
  /** A page's script and those of all components below it. */
  function define(path: string): Definition {
    load(path);
    const definition = definitions.get(path);
    if (definition === undefined) throw new Error(`${path} registers no component`);
    for (const child of Object.values(definition.using)) if (!definitions.has(child)) define(child);
    return definition;
  }

  const host: Host = {
    noteSetData(owner, bytes) {
      const page = pageOf(owner);
      touched.add(owner);
      setDataNotes.push({ page: page?.route ?? drawing?.route ?? '', is: owner.is, bytes });
    },
    redraw(owner) {
      const page = pageOf(owner) ?? drawing;
      if (page === undefined || page.dirty || page === drawing) return;
      page.dirty = true;
      setImmediate(() => draw(page));
    },
    dispatch(from, event, detail) {
      const page = pageOf(from) ?? drawing;
      const used = page?.usage.get(from);
      if (used === undefined) return;
      const name = used.attributes[`bind${event}`] ?? used.attributes[`bind:${event}`];
      if (typeof name !== 'string') return;
      const method = used.owner[name] as ((event: unknown) => unknown) | undefined;
      method?.call(used.owner, { type: event, detail, target: {}, currentTarget: { dataset: {} } });
    },
    childrenOf(owner) {
      const page = pageOf(owner);
      if (page === undefined) return [];
      return [...page.usage].filter(([, used]) => used.owner === owner).map(([child]) => child);
    },
  };
  const allPages = (): PageState[] => [...new Set([...stack, ...tabs.values()])];
  function pageOf(instance: Instance): PageState | undefined {
    return allPages().find((page) => page.instance === instance || page.usage.has(instance));
  }

  const { drawComponent } = createDrawing({ definitions, host: () => host, touched });

  /** Draws until nothing changes: attaching a child may set data and so show more children. */
  function draw(page: PageState): void {
    drawing = page;
    page.fresh = [];
    const old = page.children;
    page.children = new Map();
    page.usage = new Map();
    const root: Drawn = {
      tag: 'page',
      text: '',
      attributes: {},
      owner: page.instance,
      children: [],
      parent: undefined,
      component: page.instance,
    };
    drawComponent(page, page.instance, root, [], old);
    for (const owner of page.usage.keys()) touched.delete(owner);
    touched.delete(page.instance);
    page.tree = root;
    page.dirty = false;
    const fresh = page.fresh;
    const gone = [...old].filter(([key, child]) => page.children.get(key) !== child).map(([, child]) => child);
    drawing = undefined;
    for (const child of gone) child.$options.lifetimes?.detached?.call(child);
    for (const child of fresh.reverse()) child.$options.lifetimes?.ready?.call(child);
    if (fresh.length > 0) host.redraw(page.instance);
  }
  function open(url: string): PageState {
    const [path, search = ''] = url.replace(/^\//, '').split('?') as [string, string?];
    const { options } = define(path);
    const query = Object.fromEntries(new URLSearchParams(search));
    const instance = createInstance(path, options, {}, host);
    instance.route = path;
    instance.$definition = options;
    const page: PageState = {
      route: path,
      instance,
      tree: undefined as never,
      children: new Map(),
      usage: new Map(),
      dirty: true,
      fresh: [],
    };
    stack.push(page);
    if (tabPaths.has(path)) tabs.set(path, page);
    (options.created ?? options.lifetimes?.created)?.call(instance);
    options.lifetimes?.attached?.call(instance);
    hook(page, 'onLoad', query);
    hook(page, 'onShow');
    page.dirty = false;
    draw(page);
    options.lifetimes?.ready?.call(instance);
    return page;
  }
  function hook(page: PageState, name: string, argument?: unknown): unknown {
    const method = page.instance[name] as ((argument: unknown) => unknown) | undefined;
    return method?.call(page.instance, argument);
  }
  function close(page: PageState): void {
    hook(page, 'onUnload');
    tabs.delete(page.route);
    for (const child of page.children.values()) child.$options.lifetimes?.detached?.call(child);
    page.instance.$options.lifetimes?.detached?.call(page.instance);
  }
  function navigate(kind: string, url: string): void {
    const path = url.replace(/^\//, '').split('?')[0] as string;
    const top = stack.at(-1);
    if (kind === 'navigateBack') {
      if (stack.length < 2) return;
      close(stack.pop() as PageState);
      hook(stack.at(-1) as PageState, 'onShow');
      return;
    }
    if (kind === 'navigateTo') {
      if (tabPaths.has(path)) throw new Error(`navigateTo cannot open the tab ${path}`);
      if (top) hook(top, 'onHide');
      open(url);
      return;
    }
    if (kind === 'redirectTo') {
      if (top) close(stack.pop() as PageState);
      open(url);
      return;
    }
    while (stack.length > 0) {
      const page = stack.pop() as PageState;
      if (kind === 'switchTab' && tabs.has(page.route)) hook(page, 'onHide');
      else close(page);
    }
    const kept = tabs.get(path);
    if (kind === 'switchTab' && kept) {
      stack.push(kept);
      hook(kept, 'onShow');
    } else open(url);
  }

  /** Waits until no request runs, no page wants drawing and nobody moves, several turns in a row. */
  async function settle({ quietTurns = 6, timeoutMs = 5_000 } = {}): Promise<void> {
    const until = Date.now() + timeoutMs;
    for (let quiet = 0; quiet < quietTurns; ) {
      if (Date.now() > until) throw new Error('the mini program does not come to rest');
      await new Promise((resolve) => setTimeout(resolve, 5));
      quiet = isBusy() || moves > 0 || awaited.size > 0 || allPages().some((page) => page.dirty) ? 0 : quiet + 1;
    }
  }

  const current = (): PageState => {
    const page = stack.at(-1);
    if (page === undefined) throw new Error('no page is open');
    return page;
  };
  const { byClass, byLabel, byText, fire, textOf } = createScreen(() => current().tree);
  async function tap(node: Drawn | undefined): Promise<void> {
    if (node === undefined) throw new Error('nothing to tap');
    fire(node, 'tap');
    await settle();
  }

  load('app');
  const launch = app.onLaunch as (options: unknown) => void;
  launch.call(app, { path: 'pages/home/index', query: {}, scene: 1001 });
  (app.onShow as ((options: unknown) => void) | undefined)?.call(app, {});

  return {
    /** Opens a page as the first one (home by default) and waits for it to rest. */
    async launch(url = 'pages/home/index'): Promise<void> {
      open(url);
      await settle();
    },
    settle,
    async releaseTimers(): Promise<void> {
      holding = false;
      for (const run of held.splice(0)) run();
      await settle();
    },
    tap,
    fire,
    byClass,
    byLabel,
    byText,
    textOf,
    text: () => textOf(current().tree),
    route: () => current().route,
    routes: () => stack.map((page) => page.route),
    hook: async (name: string, argument?: unknown) => {
      const said = hook(current(), name, argument);
      await settle();
      return said;
    },
    requests,
    calls,
    workers,
    storage,
    setDataNotes,
  };
}
export type MiniProgram = ReturnType<typeof startMiniProgram>;
