// Makes src/api/schema.d.ts from the OpenAPI document that the build of the server puts together.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
const target = fileURLToPath(new URL('../src/api/schema.d.ts', import.meta.url));
const candidates = [process.env.COMITY_OPENAPI, `${root}build/src/openapi.json`].filter(Boolean);
const document = candidates.find((path) => existsSync(path));

if (!document) {
  console.error(`api-types: there is no OpenAPI document at ${candidates.join(' or ')}; build the server first.`);
  process.exit(1);
}
const text = astToString(await openapiTS(JSON.parse(readFileSync(document, 'utf8')), { alphabetize: true }));
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
