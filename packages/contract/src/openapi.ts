/** The OpenAPI 3.1 document, generated from the table of operations. */

import { z } from 'zod';
import { SERVICE_ERRORS, type ServiceErrorName } from './errors.ts';
import { errorResponseSchema } from './errors.schema.ts';
import { TOKEN_SCHEME } from './headers.ts';
import { HEALTH_PATHS } from './health.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';

/** Plain JSON; the members are those of the OpenAPI specification. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

const TOKEN_ERRORS: readonly ServiceErrorName[] = [
  'token/missing',
  'token/malformed',
  'token/wrong-header',
  'token/wrong-claims',
  'token/unknown-key',
  'token/bad-signature',
  'token/expired',
];
const BODY_ERRORS: readonly ServiceErrorName[] = [
  'request/too-slow',
  'request/cut-off',
  'body/too-large',
  'body/not-utf8',
  'body/not-json',
  'body/wrong-shape',
];
const COMMON_ERRORS: readonly ServiceErrorName[] = ['internal', 'service/too-slow'];
/** Nobody counts how often an operator's machinery asks. */
const UNCOUNTED_PATHS: readonly string[] = Object.values(HEALTH_PATHS);

export function createOpenApiDocument(version: string): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describeOperation(operation) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Sotto', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: { Error: toJsonSchema(errorResponseSchema, 'output') },
      securitySchemes: {
        token: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: `${TOKEN_SCHEME} <token>, issued by the backend of the application with one of its App Keys`,
        },
      },
    },
  };
}

function describeOperation(operation: Operation): Record<string, unknown> {
  const parameters = [
    ...[...operation.path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true })),
    ...Object.entries(operation.requestHeaders ?? {}).map(([name, description]) => ({
      name,
      in: 'header',
      description,
    })),
  ].map((parameter) => ({ ...parameter, schema: { type: 'string' } }));
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(operation.needsToken ? { security: [{ token: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.request === undefined
      ? {}
      : { requestBody: { required: true, content: jsonContent(toJsonSchema(operation.request, 'input')) } }),
    responses: {
      200: {
        description: 'Done',
        ...(operation.responseHeaders === undefined ? {} : { headers: describeHeaders(operation.responseHeaders) }),
        content: jsonContent(toJsonSchema(operation.response, 'output')),
      },
      ...describeErrors(operation),
    },
  };
}

function describeHeaders(headers: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );
}

function describeErrors(operation: Operation): Record<string, unknown> {
  const names = [
    ...(operation.needsToken ? TOKEN_ERRORS : []),
    ...(operation.request === undefined ? [] : BODY_ERRORS),
    ...operation.errors,
    ...(UNCOUNTED_PATHS.includes(operation.path) ? [] : (['request/too-many'] as const)),
    ...COMMON_ERRORS,
  ];
  const linesByStatus = new Map<number, string[]>();
  for (const name of names) {
    const { code, status, message } = SERVICE_ERRORS[name];
    linesByStatus.set(status, [...(linesByStatus.get(status) ?? []), `- ${code} \`${name}\`: ${message}`]);
  }
  const content = jsonContent({ $ref: '#/components/schemas/Error' });
  return Object.fromEntries(
    [...linesByStatus].map(([status, lines]) => [status, { description: lines.join('\n'), content }]),
  );
}

function jsonContent(schema: unknown): Record<string, unknown> {
  return { 'application/json': { schema } };
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
