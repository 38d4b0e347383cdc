/** Makes the project and its bundles once for all stories. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleApp } from './bundle.js';
import { createProject } from './project.js';

const APPS = [
  'client',
  'article',
  'quickstart',
  'several-devices',
  'group-chat',
  'photo-sharing',
  'patient-record',
  'sensor-fleet',
  'twilio-chat',
] as const;

export type AppName = (typeof APPS)[number];

export interface Bundle {
  /** Where its index.html is. */
  readonly folder: string;
  /** What Vite warned of. */
  readonly warnings: readonly string[];
}

export interface Project {
  readonly folder: string;
  /** By it the apps run as they are. */
  readonly importMap: object;
  readonly bundles: Readonly<Record<AppName, Bundle>>;
}

declare module 'vitest' {
  interface ProvidedContext {
    project: Project;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-browser-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const project = await createProject(folder);
    const bundles: Partial<Record<AppName, Bundle>> = {};
    for (const app of APPS) bundles[app] = await bundleApp(join(folder, app));
    provide('project', { ...project, bundles: bundles as Project['bundles'] });
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}
