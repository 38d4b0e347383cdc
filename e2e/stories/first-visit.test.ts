/** The article's story, in the app: alice makes a key, writes to bob, and what stands between the two sees nothing of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSeen } from '../kit/expect-seen.ts';
import type { Person } from '../kit/person.ts';
import { takePicture } from '../kit/pictures.ts';
import { composer, message, openPanel, tell } from '../kit/room.ts';
import { useStage } from '../kit/stage.ts';

const stage = useStage();

describe('a first visit', () => {
  let alice: Person;
  beforeAll(async () => {
    alice = await stage.open({ name: 'alice' });
  });

  it('comes with a strict Content-Security-Policy', async () => {
    const answer = await alice.page.reload();
    const policy = (await answer?.allHeaders())?.['content-security-policy'];
    expect(policy).toMatch(/default-src 'self'.*object-src 'none'.*frame-ancestors 'none'/);
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  it('asks for a name, makes a key, and leads to a room where bob says hello', async () => {
    const { page } = alice;
    await takePicture(page, 'sign-in light');
    await page.getByLabel('Your name').fill('alice');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expectSeen(message(page, 'I am bob'));
    await takePicture(page, 'welcome light');
  });

  it('carries a message to bob, who counts its letters and corrects a slip of his own', async () => {
    const { page } = alice;
    await tell(page, 'Hello bob, this is a secret!');
    await expectSeen(message(page, /Got it: 28 characters, encrypted for alice and bob/).getByText('edited'));
    await expectSeen(message(page, 'this is a secret').getByRole('img', { name: 'Read by bob' }));
  });

  it('shows that Twilio has nothing but ciphertext', async () => {
    const { page } = alice;
    const panel = await openPanel(page, 'What Twilio sees');
    await expectSeen(panel.getByText('byte for byte'));
    await expectSeen(panel.getByText(/sotto1:/));
    await takePicture(page, 'what twilio sees light');
    const room = new URL(page.url()).hash.match(/CH\w+/)?.[0];
    const stored = JSON.stringify(await stage.demo.control('messagesOf', { conversationSid: room }));
    expect(stored).toMatch(/"body":"sotto1:/);
    expect(stored).not.toMatch(/secret|Got it/);
  });

  it('is where it was after a reload', async () => {
    const { page } = alice;
    await page.reload();
    await expectSeen(message(page, 'Hello bob, this is a secret!'));
    await expectSeen(composer(page));
  });
});

describe('the console', () => {
  it('would tell of what the policy refuses', async () => {
    const { page, complaints } = await stage.open({ name: 'mallory' });
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.wasRun = true';
      document.body.append(script);
    });
    expect(await page.evaluate(() => 'wasRun' in globalThis)).toBe(false);
    await expect.poll(() => complaints).toEqual([expect.stringContaining('Content Security Policy')]);
    stage.forgive(/Content Security Policy/);
  });
});
