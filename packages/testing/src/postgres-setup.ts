/** A PostgreSQL for all tests of a project of Vitest, each of which makes databases of its own in it. */
import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of a server whose user may make databases. */
    postgresUrl?: string;
    serviceNodes?: number;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  project.provide('postgresUrl', postgres.url);
  project.provide('serviceNodes', Number(process.env['SOTTO_TEST_NODES'] ?? 2));
  return () => postgres.close();
}
