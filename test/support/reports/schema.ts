import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';

/** Returns the errors of a document by a schema of `test/schemas`; none when it is valid. */
export function faultsBy(schema: string): (document: unknown) => readonly ErrorObject[] {
  const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false });
  addFormats.default(ajv);
  const file = new URL(`../../schemas/${schema}.schema.json`, import.meta.url);
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  return (document) => (validate(document) ? [] : (validate.errors ?? []));
}
