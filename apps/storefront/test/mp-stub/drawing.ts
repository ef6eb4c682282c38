/** WXML to what stands on the screen: conditions, loops, slots, and components that stay the same from drawing to drawing. */
import { type ComponentOptions, createInstance, type Host, type Instance } from './component.ts';
import { classText, type Element, evaluate, type Template } from './wxml.ts';

export interface Drawn {
  tag: string;
  text: string;
  attributes: Record<string, unknown>;
  /** Handler source ("{{a}}" evaluated): bindtap → method name, run on `owner`. */
  owner: Instance;
  children: Drawn[];
  parent: Drawn | undefined;
  component: Instance | undefined;
}
export interface Definition {
  options: ComponentOptions;
  template: Template[];
  using: Record<string, string>;
}
export interface PageState {
  route: string;
  instance: Instance;
  tree: Drawn;
  children: Map<string, Instance>;
  usage: Map<Instance, Drawn>;
  dirty: boolean;
  fresh: Instance[];
}

/** @param touched owners that set data since the last drawing */
export function createDrawing({
  definitions,
  host,
  touched,
}: {
  definitions: ReadonlyMap<string, Definition>;
  host: () => Host;
  touched: ReadonlySet<Instance>;
}) {
  function drawComponent(
    page: PageState,
    instance: Instance,
    into: Drawn,
    slotted: { template: Template[]; owner: Instance; scope: object }[],
    old: Map<string, Instance>,
  ): void {
    const { template } = definitions.get(instance.is) as Definition;
    drawChildren(page, template, instance, instance.data, into, slotted, old);
  }
  type Slotted = { template: Template[]; owner: Instance; scope: object }[];

  function drawChildren(
    page: PageState,
    templates: Template[],
    owner: Instance,
    scope: object,
    into: Drawn,
    slotted: Slotted,
    old: Map<string, Instance>,
  ): void {
    let shown = true; // of the last wx:if chain
    for (const template of templates) {
      if (typeof template === 'string') {
        into.children.push(textNode(String(evaluate(template, scope)), owner, into));
        continue;
      }
      const { attributes } = template;
      if ('wx:for' in attributes) {
        const list = (evaluate(attributes['wx:for'] as string, scope) ?? []) as unknown[];
        const rest = { ...template, attributes: { ...attributes } };
        delete rest.attributes['wx:for'];
        const items =
          typeof list === 'number' ? Array.from({ length: list }, (_, index) => index) : Object.values(list);
        items.forEach((item, index) => {
          const inner = {
            ...scope,
            [attributes['wx:for-item'] ?? 'item']: item,
            [attributes['wx:for-index'] ?? 'index']: index,
          };
          drawChildren(page, [rest], owner, inner, into, slotted, old);
        });
        continue;
      }
      if ('wx:if' in attributes) shown = Boolean(evaluate(attributes['wx:if'] as string, scope));
      else if ('wx:elif' in attributes) {
        if (shown) continue;
        shown = Boolean(evaluate(attributes['wx:elif'] as string, scope));
      } else if ('wx:else' in attributes) {
        if (shown) continue;
        shown = true;
      } else shown = true;
      const branch = 'wx:if' in attributes || 'wx:elif' in attributes || 'wx:else' in attributes;
      if (branch && !shown) continue;
      drawElement(page, template, owner, scope, into, slotted, old);
    }
  }
  function drawElement(
    page: PageState,
    template: Element,
    owner: Instance,
    scope: object,
    into: Drawn,
    slotted: Slotted,
    old: Map<string, Instance>,
  ): void {
    if (template.tag === 'block') {
      drawChildren(page, template.children, owner, scope, into, slotted, old);
      return;
    }
    if (template.tag === 'slot') {
      const name = template.attributes.name ?? 'd';
      for (const given of slotted) {
        const wanted = given.template.filter(
          (child) => (typeof child === 'string' ? 'd' : (child.attributes.slot ?? 'd')) === name,
        );
        drawChildren(page, wanted, given.owner, given.scope, into, [], old);
      }
      return;
    }
    const attributes = Object.fromEntries(
      Object.entries(template.attributes).map(([name, value]) => [name, evaluate(value, scope)]),
    );
    const node: Drawn = {
      tag: template.tag,
      text: '',
      attributes,
      owner,
      children: [],
      parent: into,
      component: undefined,
    };
    into.children.push(node);
    const using = (definitions.get(owner.is) as Definition).using[template.tag];
    if (using === undefined) {
      drawChildren(page, template.children, owner, scope, node, slotted, old);
      return;
    }
    const child = childAt(page, using, node, old);
    drawComponent(page, child, node, [{ template: template.children, owner, scope }], old);
  }
  function childAt(page: PageState, path: string, node: Drawn, old: Map<string, Instance>): Instance {
    const given: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(node.attributes)) {
      const property = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
      if (['uI', 'uP', 'uS', 'uR', 'uT'].includes(property)) given[property] = value;
    }
    // Ids are unique within their owner only: two sheets of one kind hold parts with the same id.
    const key = `${String(node.owner.$key ?? '')}>${path}|${String(given.uI)}`;
    const known = old.get(key);
    const child = known ?? createInstance(path, (definitions.get(path) as Definition).options, given, host());
    node.component = child;
    child.$class = classText(node.attributes.class);
    child.$key = key;
    page.children.set(key, child);
    page.usage.set(child, node);
    if (known === undefined) {
      const { options } = definitions.get(path) as Definition;
      (options.created ?? options.lifetimes?.created)?.call(child);
      options.lifetimes?.attached?.call(child);
      page.fresh.push(child);
    } else if (given.uP !== undefined && (known.data.uP !== given.uP || touched.has(node.owner))) {
      known.data.uP = given.uP;
      known.$options.observers?.uP?.call(known);
    }
    return child;
  }
  const textNode = (text: string, owner: Instance, parent: Drawn): Drawn => ({
    tag: '#text',
    text,
    attributes: {},
    owner,
    children: [],
    parent,
    component: undefined,
  });

  return { drawComponent };
}
