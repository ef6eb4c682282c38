/** The borders of ../../../docs/ARCHITECTURE.md, checked on the sources themselves. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moduleKinds } from './module-kinds.ts';

const source = resolve(import.meta.dirname, '../src');
const modulesFolder = join(source, 'modules');
const modules = readdirSync(modulesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

interface SourceFile {
  path: string;
  text: string;
  imports: string[];
}

function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const path = join(folder, file);
      const text = readFileSync(path, 'utf8');
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier = '']) => specifier);
      return { path, text, imports };
    });
}

const moduleOf = (path: string): string | undefined => {
  const inside = relative(modulesFolder, path);
  return inside.startsWith('..') ? undefined : inside.split(/[\\/]/)[0];
};

/** Imports of other modules as [from, to, file]. */
function moduleImports(file: SourceFile): { to: string; target: string }[] {
  const own = moduleOf(file.path);
  return file.imports
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => resolve(dirname(file.path), specifier))
    .map((target) => ({ to: moduleOf(target) ?? '', target }))
    .filter(({ to }) => to !== '' && to !== own);
}

const productFiles = sourceFiles(source).filter(({ path }) => !path.endsWith('.test.ts'));
const show = (path: string) => relative(source, path);

describe('C04-TECH-05 module borders', () => {
  it('every module has its kind declared', () => {
    expect(modules.filter((name) => !(name in moduleKinds))).toEqual([]);
  });

  it('the platform knows no module', () => {
    const faults = productFiles
      .filter(({ path }) => show(path).startsWith('platform/'))
      .filter(
        (file) => moduleImports(file).length > 0 || file.imports.some((specifier) => /(^|\/)main\//.test(specifier)),
      )
      .map(({ path }) => show(path));
    expect(faults).toEqual([]);
  });

  it('only index.ts of a module is imported from outside', () => {
    const faults = productFiles.flatMap((file) =>
      moduleImports(file)
        .filter(({ target }) => !target.endsWith('/index.ts'))
        .map(({ target }) => `${show(file.path)} → ${show(target)}`),
    );
    expect(faults).toEqual([]);
  });

  it('platform ← capabilities ← processes; observers only listen', () => {
    const faults = productFiles.flatMap((file) => {
      const own = moduleOf(file.path);
      if (own === undefined) return [];
      return moduleImports(file)
        .filter(({ to }) => {
          const [from, target] = [moduleKinds[own], moduleKinds[to]];
          return (
            from === 'capability' ||
            target === 'observer' ||
            (from === 'process' && target === 'process' && !sharesProcess(own, to))
          );
        })
        .map(({ to }) => `${show(file.path)} → ${to}`);
    });
    expect(faults).toEqual([]);
  });

  it('each schema is named in SQL by its own module only', () => {
    const schemas = modules.map((name) => name.replaceAll('-', '_'));
    const faults = productFiles.flatMap((file) => {
      const own = moduleOf(file.path)?.replaceAll('-', '_');
      return schemas
        .filter((schema) => schema !== own)
        .filter((schema) =>
          new RegExp(
            `\\b(?:from|join|into|update|table)\\s+${schema}\\.[a-z_]+|(?:selectFrom|insertInto|updateTable|deleteFrom|[a-zA-Z]*Join)\\(\\s*['"]${schema}\\.`,
            'i',
          ).test(file.text),
        )
        .map((schema) => `${show(file.path)} names ${schema}`);
    });
    expect(faults).toEqual([]);
  });
});

/** Processes that follow one another may call the next one's door: checkout places orders, orders are fulfilled. */
function sharesProcess(from: string, to: string): boolean {
  return (
    (from === 'checkout' && to === 'cart') ||
    (from === 'flash-sale' && to === 'checkout') ||
    (from === 'bargain' && to === 'checkout') ||
    (from === 'group-buy' && (to === 'checkout' || to === 'orders')) ||
    (from === 'presale' && to === 'checkout') ||
    (from === 'orders' && (to === 'cart' || to === 'checkout')) ||
    (from === 'fulfilment' && to === 'orders') ||
    (from === 'pickup' && (to === 'orders' || to === 'fulfilment')) ||
    // A booking has windows and a code as what is picked up has.
    (from === 'bookings' && (to === 'orders' || to === 'fulfilment' || to === 'pickup')) ||
    (from === 'virtual-goods' && (to === 'orders' || to === 'fulfilment')) ||
    (from === 'after-sales' && to === 'orders') ||
    (from === 'reviews' && to === 'orders')
  );
}
