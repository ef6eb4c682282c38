import { type PayErrorDetail, parameterError } from './errors.ts';

/** A field of a WeChat Pay request. The label is WeChat's own name for it, since its messages quote it. */
export type Rule =
  | { kind: 'text'; label: string; max: number; min?: number; pattern?: RegExp; required?: boolean }
  | { kind: 'integer'; label: string; min: number; required?: boolean }
  | { kind: 'choice'; label: string; values: readonly string[]; required?: boolean }
  | { kind: 'flag'; label: string; required?: boolean }
  | { kind: 'time'; label: string; required?: boolean }
  | { kind: 'list'; label: string; of: Rule; max?: number; required?: boolean }
  | { kind: 'object'; label: string; fields: Fields; required?: boolean };

export type Fields = Record<string, Rule>;

export interface Strictness {
  allowUnknownFields: boolean;
  countBytes: boolean;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Throws PARAM_ERROR for the first field that breaks a rule, in WeChat's own words. */
export function checkFields(
  body: Record<string, unknown>,
  fields: Fields,
  strictness: Strictness,
  path = '/body',
): void {
  for (const [name, rule] of Object.entries(fields)) {
    const value = body[name];
    const at = `${path}/${name}`;
    if (value === undefined || value === null) {
      if (rule.required) throw broken(at, rule.label, '必填性', '此字段为必填项', value);
      continue;
    }
    checkValue(value, rule, at, strictness);
  }
  if (strictness.allowUnknownFields) return;
  for (const name of Object.keys(body)) {
    if (!(name in fields)) {
      throw parameterError('参数中含有非法的额外参数', detailOf(`${path}/${name}`, body[name], '非法的额外参数'));
    }
  }
}

function checkValue(value: unknown, rule: Rule, at: string, strictness: Strictness): void {
  switch (rule.kind) {
    case 'text': {
      if (typeof value !== 'string') throw broken(at, rule.label, '类型', '值应为字符串', value, '字符串');
      const length = strictness.countBytes ? Buffer.byteLength(value) : [...value].length;
      const unit = strictness.countBytes ? '字节数' : '字符数';
      const min = rule.min ?? (rule.required ? 1 : 0);
      if (length > rule.max)
        throw broken(at, rule.label, '', `${unit} ${length}，大于最大值 ${rule.max}`, value, '字符串');
      if (length < min) throw broken(at, rule.label, '', `${unit} ${length}，小于最小值 ${min}`, value, '字符串');
      if (rule.pattern && !rule.pattern.test(value))
        throw broken(at, rule.label, '', '包含不允许的字符', value, '字符串');
      return;
    }
    case 'integer':
      if (!Number.isSafeInteger(value)) throw broken(at, rule.label, '类型', '值应为整数', value, '数值');
      if ((value as number) < rule.min) throw broken(at, rule.label, '', `值低于最小值 ${rule.min}`, value, '数值');
      return;
    case 'choice':
      if (!rule.values.includes(value as string)) throw broken(at, rule.label, '', '枚举值不存在', value, '枚举');
      return;
    case 'flag':
      if (typeof value !== 'boolean') throw broken(at, rule.label, '类型', '值应为布尔值', value, '布尔');
      return;
    case 'time':
      if (typeof value !== 'string' || !RFC3339.test(value) || Number.isNaN(Date.parse(value))) {
        throw broken(at, rule.label, '', '时间格式应遵循 RFC3339', value, '时间');
      }
      return;
    case 'list':
      if (!Array.isArray(value)) throw broken(at, rule.label, '类型', '值应为数组', value, '数组');
      if (rule.max !== undefined && value.length > rule.max) {
        throw broken(at, rule.label, '', `元素个数 ${value.length}，大于最大值 ${rule.max}`, value.length, '数组');
      }
      for (const [index, element] of value.entries()) checkValue(element, rule.of, `${at}/${index}`, strictness);
      return;
    case 'object':
      if (typeof value !== 'object' || Array.isArray(value))
        throw broken(at, rule.label, '类型', '值应为对象', value, '对象');
      checkFields(value as Record<string, unknown>, rule.fields, strictness, at);
  }
}

function broken(at: string, label: string, rule: string, issue: string, value: unknown, type = ''): Error {
  return parameterError(
    `输入源“${at}”映射到${type}字段“${label}”${rule}规则校验失败，${issue}`,
    detailOf(at, value, issue),
  );
}

const detailOf = (at: string, value: unknown, issue: string): PayErrorDetail => ({
  field: at.replace(/^\/(body|query)/, ''),
  value: value ?? '',
  issue,
  location: at.startsWith('/query') ? 'query' : 'body',
});
