/** A category's JSON Schema as form fields. Only the flat shapes that categories use; anything else is left alone. */
export type AttributeValue = string | number | boolean;

export interface AttributeField {
  key: string;
  title: string;
  kind: 'text' | 'number' | 'integer' | 'choice' | 'switch';
  required: boolean;
  filterable: boolean;
  hint: string;
  choices: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

interface Property {
  type?: string;
  title?: string;
  description?: string;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  'x-filter'?: boolean;
}

function kindOf(property: Property): AttributeField['kind'] {
  if (Array.isArray(property.enum)) return 'choice';
  if (property.type === 'boolean') return 'switch';
  if (property.type === 'number' || property.type === 'integer') return property.type;
  return 'text';
}

export function fieldsOf(schema: Record<string, unknown>): AttributeField[] {
  const properties = (schema.properties ?? {}) as Record<string, Property>;
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([key, property]) => ({
    key,
    title: property.title ?? key,
    kind: kindOf(property),
    required: required.includes(key),
    filterable: property['x-filter'] === true,
    hint: property.description ?? '',
    choices: Array.isArray(property.enum) ? property.enum.map(String) : [],
    ...(property.minimum === undefined ? {} : { minimum: property.minimum }),
    ...(property.maximum === undefined ? {} : { maximum: property.maximum }),
    ...(property.maxLength === undefined ? {} : { maxLength: property.maxLength }),
  }));
}

const isBlank = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Errors by field key; publishing needs none, a draft may lack required ones. */
export function attributeErrors(
  fields: readonly AttributeField[],
  values: Record<string, unknown>,
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const field of fields) {
    const value = values[field.key];
    if (isBlank(value)) {
      if (field.required) errors[field.key] = `请填写${field.title}`;
      continue;
    }
    if (field.kind === 'choice' && !field.choices.includes(String(value)))
      errors[field.key] = `${field.title}不在可选范围内`;
    if (typeof value === 'number') {
      if (field.minimum !== undefined && value < field.minimum) errors[field.key] = `不能小于 ${field.minimum}`;
      if (field.maximum !== undefined && value > field.maximum) errors[field.key] = `不能大于 ${field.maximum}`;
      if (field.kind === 'integer' && !Number.isInteger(value)) errors[field.key] = '请填整数';
    }
    if (typeof value === 'string' && field.maxLength !== undefined && value.length > field.maxLength)
      errors[field.key] = `最多 ${field.maxLength} 个字`;
  }
  return errors;
}

/** Only what this category knows, and no blanks: values left over from another category are dropped. */
export function cleanAttributes(
  fields: readonly AttributeField[],
  values: Record<string, unknown>,
): Record<string, AttributeValue> {
  const clean: Record<string, AttributeValue> = {};
  for (const field of fields) {
    const value = values[field.key];
    if (!isBlank(value)) clean[field.key] = typeof value === 'string' ? value.trim() : (value as AttributeValue);
  }
  return clean;
}
