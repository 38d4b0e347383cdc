/**
 * What a file of stories plays on: one demo and one Chromium. After each test the consoles must be clean, and of a test that
 * fails there are pictures of what everybody saw.
 */
import { type Browser, chromium } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchOptions } from '../../tools/chromium.js';
import { type Demo, startDemo } from './demo.ts';
import { openPerson, type Person, type PersonOptions } from './person.ts';
import { takePicture } from './pictures.ts';

export interface Stage {
  readonly demo: Demo;
  readonly browser: Browser;
  /** Opens the chat as somebody, who is signed in once this resolves, or asked for a password. */
  visit(this: void, name: string, options?: Omit<PersonOptions, 'name'>): Promise<Person>;
  /** A page at the address of the chat, where nobody is signed in. */
  open(this: void, options: PersonOptions): Promise<Person>;
  /** Forgives what the consoles said so far, if each of it is of this kind. */
  forgive(this: void, kind: RegExp): void;
}

/** Sets the stage for the tests of this file. What it gives back is there once they run. */
export function useStage(): Stage {
  let demo: Demo;
  let browser: Browser;
  const people: Person[] = [];
  const takeComplaints = (): string[] => people.flatMap(({ complaints }) => complaints.splice(0));

  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemo(), chromium.launch(launchOptions())]);
  });
  beforeEach(({ task, onTestFailed }) => {
    onTestFailed(async () => {
      for (const [at, { page, name }] of people.entries()) {
        if (!page.isClosed()) await takePicture(page, `failed ${task.name} ${at + 1} ${name}`);
      }
    });
  });
  afterEach(() => expect(takeComplaints(), 'what the consoles said').toEqual([]));
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const open = async (options: PersonOptions): Promise<Person> => {
    const person = await openPerson(browser, options);
    people.push(person);
    await person.page.goto(demo.url);
    return person;
  };
  return {
    get demo() {
      return demo;
    },
    get browser() {
      return browser;
    },
    open,
    async visit(name, options) {
      const person = await openPerson(browser, { name, ...options });
      people.push(person);
      const { page } = person;
      await page.goto(`${demo.url}/?${new URLSearchParams({ as: name })}`);
      const chat = page.getByRole('navigation', { name: 'Your rooms' }).getByRole('link');
      const question = page.getByRole('button', { name: 'Restore my key' });
      await chat.or(question).first().waitFor();
      return person;
    },
    forgive: (kind) => expect(takeComplaints().filter((complaint) => !kind.test(complaint))).toEqual([]),
  };
}
