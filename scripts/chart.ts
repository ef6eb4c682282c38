/**
 * Renders deploy/helm for the tests, where there is no helm: the few constructs of Go's templates that the chart keeps to. Anything
 * else is an error, so that the chart stays within what is checked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';

export interface Manifest {
  kind: string;
  metadata: { name: string };
  [field: string]: unknown;
}

type Scope = Record<string, unknown>;

/** @param overrides values by path, `{ 'redis.enabled': false }` */
export function renderChart(folder: string, release: string, overrides: Record<string, unknown> = {}): Manifest[] {
  const values = parse(readFileSync(join(folder, 'values.yaml'), 'utf8')) as Scope;
  for (const [path, value] of Object.entries(overrides)) {
    const names = path.split('.');
    const last = names.pop() as string;
    (names.reduce<unknown>((at, name) => (at as Scope)[name], values) as Scope)[last] = value;
  }
  const scope = { Values: values, Release: { Name: release } };
  return readdirSync(join(folder, 'templates'))
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => {
      const text = render(readFileSync(join(folder, 'templates', file), 'utf8'), scope, folder);
      return parseAllDocuments(text).flatMap((document) => {
        const [error] = document.errors;
        if (error) throw new Error(`${file}: ${error.message}`);
        const manifest = document.toJS() as Manifest | null;
        return manifest ? [manifest] : [];
      });
    });
}

function render(template: string, scope: Scope, folder: string): string {
  // {{- takes the white space before it away.
  const parts = template.replaceAll(/\s*\{\{-/g, '{{').split(/\{\{\s*(.*?)\s*\}\}/);
  let at = 0;
  const block = (vars: Scope, isWanted: boolean): string => {
    let out = '';
    while (at < parts.length) {
      if (at % 2 === 0) {
        if (isWanted) out += parts[at];
        at += 1;
        continue;
      }
      const action = parts[at] as string;
      at += 1;
      if (action === 'end') return out;
      const condition = /^if (\S+)$/.exec(action)?.[1];
      const range = /^range \$(\w+), \$(\w+) := (\S+)$/.exec(action);
      if (condition) out += block(vars, isWanted && Boolean(evaluate(condition, vars, folder)));
      else if (range) {
        const [, key = '', value = '', path = ''] = range;
        const begin = at;
        const entries = Object.entries((evaluate(path, vars, folder) ?? {}) as Scope).sort();
        for (const [name, item] of entries) {
          at = begin;
          out += block({ ...vars, [`$${key}`]: name, [`$${value}`]: item }, isWanted);
        }
        if (entries.length === 0) block(vars, false);
      } else if (isWanted) out += String(evaluate(action, vars, folder));
    }
    return out;
  };
  return block(scope, true);
}

function evaluate(expression: string, vars: Scope, folder: string): unknown {
  const [first = '', ...filters] = expression.split(/\s*\|\s*/);
  return filters.reduce<unknown>(
    (value, filter) => {
      const indent = /^indent (\d+)$/.exec(filter)?.[1];
      if (indent)
        return String(value)
          .replace(/^(?=.)/gm, ' '.repeat(Number(indent)))
          .trimEnd();
      if (filter === 'quote') return JSON.stringify(String(value));
      throw new Error(`not among what the chart may use: | ${filter}`);
    },
    operand(first, vars, folder),
  );
}

function operand(text: string, vars: Scope, folder: string): unknown {
  const file = /^\.Files\.Get "([^"]+)"$/.exec(text)?.[1];
  if (file) return readFileSync(join(folder, file), 'utf8');
  const yaml = /^toYaml (\S+)$/.exec(text)?.[1];
  if (yaml) return stringify(operand(yaml, vars, folder)).trimEnd();
  if (!/^(\.|\$)[\w.]+$/.test(text)) throw new Error(`not among what the chart may use: ${text}`);
  const names = text.startsWith('$') ? text.split('.') : text.slice(1).split('.');
  const found = names.reduce<unknown>((at, name) => (at as Scope | undefined)?.[name], vars);
  if (found === undefined) throw new Error(`the chart has no value ${text}`);
  return found;
}
