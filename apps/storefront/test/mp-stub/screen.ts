/** What a person sees and does on a drawn page: text, labels, classes, and events that bubble. */
import type { Drawn } from './drawing.ts';
import { classText } from './wxml.ts';

/** @param tree of the page on top */
export function createScreen(tree: () => Drawn) {
  function* walk(node: Drawn): Generator<Drawn> {
    yield node;
    for (const child of node.children) yield* walk(child);
  }
  const textOf = (node: Drawn): string => node.text + node.children.map(textOf).join('');
  const findAll = (matches: (node: Drawn) => boolean): Drawn[] => [...walk(tree())].filter(matches);
  const byClass = (name: string): Drawn[] =>
    findAll((node) => classText(node.attributes.class).split(' ').includes(name));
  const byLabel = (label: string): Drawn[] => findAll((node) => node.attributes['aria-label'] === label);
  /** The innermost elements whose whole text is this. */
  const byText = (text: string): Drawn[] =>
    findAll(
      (node) =>
        node.tag !== '#text' &&
        textOf(node).trim() === text &&
        !node.children.some((child) => child.tag !== '#text' && textOf(child).trim() === text),
    );

  /** An event on an element, up through its parents as WeChat bubbles it; `catch` stops it. */
  function fire(node: Drawn, event: string, detail: unknown = {}, bubbles = event === 'tap'): void {
    for (let at: Drawn | undefined = node; at !== undefined; at = bubbles ? at.parent : undefined) {
      const caught = at.attributes[`catch${event}`];
      const name = caught ?? at.attributes[`bind${event}`];
      if (typeof name === 'string') {
        const method = at.owner[name] as ((event: unknown) => unknown) | undefined;
        method?.call(at.owner, {
          type: event,
          detail,
          target: { dataset: {} },
          currentTarget: { dataset: {} },
          timeStamp: Date.now(),
        });
      }
      if (caught !== undefined) return;
    }
  }

  return { byClass, byLabel, byText, fire, textOf };
}
