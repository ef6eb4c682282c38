import { readSetting, type Store, writeSetting } from './store.ts';

export type SwitchValue = string | number | boolean;

export interface SwitchDefinition {
  key: string;
  label: string;
  hint: string;
  default: SwitchValue;
  choices?: ReadonlyArray<readonly [value: string, label: string]>;
  min?: number;
  max?: number;
}

export interface Switches {
  definitions: readonly SwitchDefinition[];
  text(key: string): string;
  number(key: string): number;
  isOn(key: string): boolean;
  /** The chosen fault, counted: after `<key>Times` uses it turns itself off; 0 means until turned off by hand. */
  takeFault(key: string): string;
  values(): Record<string, SwitchValue>;
  change(values: Record<string, unknown>): void;
  reset(): void;
}

export class SwitchError extends Error {}

const SETTING = 'switches';

export function createSwitches(store: Store, definitions: readonly SwitchDefinition[]): Switches {
  const byKey = new Map(definitions.map((definition) => [definition.key, definition]));
  const saved = readSetting<Record<string, SwitchValue>>(store, SETTING) ?? {};
  const values = new Map<string, SwitchValue>();
  for (const { key, default: initial } of definitions) values.set(key, saved[key] ?? initial);

  const read = (key: string): SwitchValue => {
    const value = values.get(key);
    if (value === undefined) throw new SwitchError(`没有这个开关：${key}`);
    return value;
  };
  const save = () => writeSetting(store, SETTING, Object.fromEntries(values));

  return {
    definitions,
    text: (key) => String(read(key)),
    number: (key) => Number(read(key)),
    isOn: (key) => read(key) === true,
    takeFault(key) {
      const fault = String(read(key));
      const timesKey = `${key}Times`;
      if (fault === 'none' || !byKey.has(timesKey)) return fault;
      const times = Number(read(timesKey));
      if (times > 0) {
        values.set(timesKey, times - 1);
        if (times === 1) values.set(key, 'none');
        save();
      }
      return fault;
    },
    values: () => Object.fromEntries(values),
    change(changes) {
      const checked = Object.entries(changes).map(
        ([key, value]) => [key, checkValue(byKey.get(key), key, value)] as const,
      );
      for (const [key, value] of checked) values.set(key, value);
      save();
    },
    reset() {
      for (const { key, default: initial } of definitions) values.set(key, initial);
      save();
    },
  };
}

function checkValue(definition: SwitchDefinition | undefined, key: string, value: unknown): SwitchValue {
  if (!definition) throw new SwitchError(`没有这个开关：${key}`);
  if (typeof value !== typeof definition.default) throw new SwitchError(`${key} 应为 ${typeof definition.default}`);
  if (definition.choices && !definition.choices.some(([choice]) => choice === value)) {
    throw new SwitchError(`${key} 只能是 ${definition.choices.map(([choice]) => choice).join('、')}`);
  }
  if (typeof value === 'number') {
    const { min = 0, max = Number.MAX_SAFE_INTEGER } = definition;
    if (!Number.isFinite(value) || value < min || value > max)
      throw new SwitchError(`${key} 应在 ${min} 到 ${max} 之间`);
  }
  return value as SwitchValue;
}
