/** Request validation by compiled JSON Schema. Query, params and headers arrive as text and are coerced; bodies are not. */

import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';

// ajv-formats ships CommonJS: under ESM its function is the default of the default.
const formats = addFormats as unknown as (ajv: Ajv) => void;

function createAjv(coerceTypes: 'array' | false): Ajv {
  const ajv = new Ajv({ coerceTypes, useDefaults: true, allErrors: false, strict: false });
  formats(ajv);
  return ajv;
}

const bodies = createAjv(false);
const texts = createAjv('array');

export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? bodies : texts).compile(schema);
