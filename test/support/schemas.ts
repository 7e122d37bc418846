import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../schemas');
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
for (const file of readdirSync(FOLDER)) ajv.addSchema(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as object);

/** One JSON text (an object, or a line of a stream) against the schema named; returns it parsed. */
export function expectValid(text: string, schema: string): Record<string, unknown> {
  const value = JSON.parse(text) as Record<string, unknown>;
  const validate = ajv.getSchema(`propiq-intercom/${schema}@1`);
  if (!validate) throw new Error(`schemas/ has no propiq-intercom/${schema}@1`);
  expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  return value;
}
