import { createOpenApiDocument, type OpenApiDocument } from '@sotto/contract/schemas';
import { Hono } from 'hono';
import { VERSION } from '../version.ts';
import type { Env } from './env.ts';
import { refuseOtherMethods } from './middleware/errors.ts';

export const OPENAPI_PATH = '/openapi.json';

export function openApiRoutes(): Hono<Env> {
  let document: OpenApiDocument | undefined;
  const routes = new Hono<Env>();
  routes.get(OPENAPI_PATH, (c) => c.json((document ??= createOpenApiDocument(VERSION))));
  routes.all(OPENAPI_PATH, refuseOtherMethods('GET', 'HEAD'));
  return routes;
}
