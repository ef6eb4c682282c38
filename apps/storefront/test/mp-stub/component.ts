/** A mini program component or page at work: data, properties, setData, events. The runtime (mini-program.ts) draws it. */
export interface ComponentOptions {
  properties?: Record<string, { type?: unknown; value?: unknown; observer?: (value: unknown) => void } | null>;
  data?: Record<string, unknown>;
  methods?: Record<string, (...args: never[]) => unknown>;
  lifetimes?: Partial<Record<'created' | 'attached' | 'ready' | 'detached', () => void>>;
  created?: () => void;
  observers?: Record<string, () => void>;
  options?: Record<string, unknown>;
}

export interface Host {
  /** A setData happened: `bytes` of JSON crossed to the page. */
  noteSetData(owner: Instance, bytes: number): void;
  redraw(owner: Instance): void;
  /** The event a child gives its parent: finds the handler where the child is used. */
  dispatch(from: Instance, event: string, detail: unknown): void;
  childrenOf(owner: Instance): Instance[];
}

export interface Instance extends Record<string, unknown> {
  is: string;
  route?: string;
  data: Record<string, unknown>;
  properties: Record<string, unknown>;
  $options: ComponentOptions;
  /** Class of the element it is used as, for selectAllComponents. */
  $class: string;
  setData(patch: Record<string, unknown>, done?: () => void): void;
  triggerEvent(event: string, detail: unknown): void;
}

export function createInstance(
  path: string,
  options: ComponentOptions,
  properties: Record<string, unknown>,
  host: Host,
): Instance {
  const data: Record<string, unknown> = structuredClone(options.data ?? {});
  for (const [name, definition] of Object.entries(options.properties ?? {})) data[name] = definition?.value;
  Object.assign(data, properties);

  const instance = {
    is: path,
    data,
    properties: data, // one object, as in WeChat
    $options: options,
    $class: '',
    setData(patch: Record<string, unknown>, done?: () => void) {
      host.noteSetData(instance, JSON.stringify(patch)?.length ?? 0);
      // What crosses to the page is a copy: later changes of the original must not show.
      for (const [key, value] of Object.entries(patch))
        assign(data, key, value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
      host.redraw(instance);
      if (done) setImmediate(done);
    },
    triggerEvent(event: string, detail: unknown) {
      host.dispatch(instance, event, detail);
    },
    selectAllComponents(selector: string) {
      const name = selector.replace('.', '');
      return host.childrenOf(instance).filter((child) => child.$class.split(' ').includes(name));
    },
    selectComponent(selector: string) {
      return (instance.selectAllComponents as (selector: string) => Instance[])(selector)[0] ?? null;
    },
    createSelectorQuery: () => emptyQuery(),
    createIntersectionObserver: () => ({ relativeToViewport: () => ({ observe() {} }), disconnect() {} }),
    getOpenerEventChannel: () => ({}),
  } as unknown as Instance;
  for (const [name, method] of Object.entries(options.methods ?? {})) instance[name] = method;
  return instance;
}

/** The stub has no boxes: every query answers with nothing found. */
export function emptyQuery() {
  const query: Record<string, unknown> = {};
  for (const name of ['in', 'select', 'selectAll', 'selectViewport', 'boundingClientRect', 'scrollOffset', 'fields'])
    query[name] = () => query;
  query.exec = (done?: (found: unknown[]) => void) => {
    if (done) setImmediate(done, [[], { scrollTop: 0 }]);
    return query;
  };
  return query;
}

/** setData paths: "list[3].name". */
function assign(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.match(/[^.[\]]+/g) ?? [];
  let at: Record<string, unknown> = target;
  for (const key of keys.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  const last = keys.at(-1);
  if (last !== undefined) at[last] = value;
}
