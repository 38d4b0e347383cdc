import { expect, test } from 'vitest';
import { createOpenApiDocument } from './openapi.ts';
import { OPERATIONS } from './operations.ts';

const text = JSON.stringify(createOpenApiDocument('1.2.3'));
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document of another standard, read as plain JSON
const openapi: any = JSON.parse(text);

test('the document says which it is', () => {
  expect(openapi).toMatchObject({ openapi: '3.1.0', info: { title: 'Sotto', version: '1.2.3' } });
});

test.each(OPERATIONS.map((operation) => [operation.id, operation] as const))('%s is in it', (id, operation) => {
  const path = openapi.paths[operation.path.replace(':id', '{id}')];
  expect(path[operation.method].operationId).toBe(id);
  expect(path[operation.method].responses['200'].content['application/json'].schema.type).toBeDefined();
  expect(path[operation.method].security === undefined).toBe(!operation.needsToken);
});

test('the codes of an operation are named under their status', () => {
  const { responses } = openapi.paths['/card/v5'].post;
  expect(responses['400'].description).toContain('40034 `card/identity-mismatch`');
  expect(responses['401'].description).toContain('20304 `token/expired`');
  expect(responses['413'].description).toContain('body/too-large');
  expect(responses['429'].description).toContain('70016 `request/too-many`');
  expect(openapi.paths['/readyz'].get.responses).not.toHaveProperty('429');
});

test('headers of a request and of its answer are in it', () => {
  const { put } = openapi.paths['/keyknox/v1'];
  expect(put.parameters).toEqual([
    { name: 'Virgil-Keyknox-Previous-Hash', in: 'header', description: expect.any(String), schema: { type: 'string' } },
  ]);
  expect(put.responses['200'].headers).toHaveProperty('Virgil-Keyknox-Hash');
});

test('every reference leads somewhere', () => {
  for (const [, name] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
    expect(openapi.components.schemas).toHaveProperty(name ?? '');
  }
});
