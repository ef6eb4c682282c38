/** Reads WXML as our build writes it: elements, text, attributes with {{ }} in them. */
export interface Element {
  tag: string;
  attributes: Record<string, string>;
  children: Template[];
}
export type Template = Element | string;

const voidOrName = /[^\s=/>]/;

export function parseWxml(source: string): Template[] {
  let at = 0;
  const root: Element = { tag: '#root', attributes: {}, children: [] };
  const open: Element[] = [root];

  while (at < source.length) {
    if (source.startsWith('<!--', at)) {
      at = source.indexOf('-->', at) + 3;
      continue;
    }
    if (source.startsWith('</', at)) {
      open.pop();
      at = source.indexOf('>', at) + 1;
      continue;
    }
    const parent = open.at(-1) as Element;
    if (source[at] === '<') {
      const { element, closed, end } = readTag(source, at + 1);
      parent.children.push(element);
      if (!closed) open.push(element);
      at = end;
      continue;
    }
    const end = source.indexOf('<', at);
    const text = source.slice(at, end === -1 ? source.length : end);
    if (text.trim() !== '') parent.children.push(text);
    at = end === -1 ? source.length : end;
  }
  return root.children;
}

function readTag(source: string, from: number): { element: Element; closed: boolean; end: number } {
  let at = from;
  const word = (): string => {
    const start = at;
    while (at < source.length && voidOrName.test(source[at] as string)) at++;
    return source.slice(start, at);
  };
  const element: Element = { tag: word(), attributes: {}, children: [] };
  for (;;) {
    while (/\s/.test(source[at] ?? '')) at++;
    if (source.startsWith('/>', at)) return { element, closed: true, end: at + 2 };
    if (source[at] === '>') return { element, closed: false, end: at + 1 };
    const name = word();
    if (name === '') throw new Error(`wxml: stuck at ${source.slice(at, at + 40)}`);
    if (source[at] !== '=') {
      element.attributes[name] = 'true';
      continue;
    }
    const quote = source[at + 1] as string;
    const end = source.indexOf(quote, at + 2);
    element.attributes[name] = source.slice(at + 2, end);
    at = end + 1;
  }
}

const compiled = new Map<string, (scope: object) => unknown>();

function evaluateExpression(expression: string, scope: object): unknown {
  let run = compiled.get(expression);
  if (run === undefined) {
    run = new Function('scope', `with (scope) { return (${expression}); }`) as (scope: object) => unknown;
    compiled.set(expression, run);
  }
  // Unknown names are undefined in WXML, not an error.
  const known = new Proxy(scope, {
    has: (_, key) => typeof key === 'string',
    get: (target, key) => Reflect.get(target, key),
  });
  return run(known);
}

/** "{{a}}" gives the value itself, "x{{a}}y" gives text. */
export function evaluate(source: string, scope: object): unknown {
  const whole = /^\{\{([\s\S]*)\}\}$/.exec(source);
  if (whole && !(whole[1] as string).includes('}}')) return evaluateExpression(whole[1] as string, scope);
  return source.replace(/\{\{([\s\S]*?)\}\}/g, (_, expression: string) =>
    String(evaluateExpression(expression, scope) ?? ''),
  );
}

export function classText(value: unknown): string {
  if (Array.isArray(value)) return value.map(classText).filter(Boolean).join(' ');
  return typeof value === 'string' ? value : '';
}
