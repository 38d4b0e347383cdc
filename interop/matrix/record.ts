/** What a test counted or found, kept with the test for `compatibility.ts`, which makes a page of it. */
import type { TestContext } from 'vitest';
import type { Outcome } from './disagreements.ts';
import type { Release } from './releases.ts';

export interface Counted {
  readonly what: string;
  readonly release: Release;
  readonly count: number;
}

/** A form of key that other software writes, and what became of it. */
export interface FormRead {
  readonly form: string;
  readonly ours: string;
  readonly theirs: string;
}

/** How often the two sides decided so on an altered message. */
export interface Compared {
  readonly release: Release;
  readonly place: string;
  readonly ours: Outcome;
  readonly theirs: Outcome;
  readonly count: number;
}

declare module 'vitest' {
  interface TaskMeta {
    counted?: readonly Counted[];
    forms?: readonly FormRead[];
    compared?: readonly Compared[];
  }
}

type Task = TestContext['task'];

export function recordCount(task: Task, counted: Counted): void {
  task.meta.counted = [...(task.meta.counted ?? []), counted];
}

export function recordForm(task: Task, form: FormRead): void {
  task.meta.forms = [...(task.meta.forms ?? []), form];
}

export function recordCompared(task: Task, compared: readonly Compared[]): void {
  task.meta.compared = [...(task.meta.compared ?? []), ...compared];
}
