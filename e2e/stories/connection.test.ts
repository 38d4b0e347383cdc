/** Without a connection: it is said, what is written waits, and goes out when the connection is back. */
import { beforeAll, describe, it } from 'vitest';
import { expectGone, expectSeen } from '../kit/expect-seen.ts';
import type { Person } from '../kit/person.ts';
import { takePicture } from '../kit/pictures.ts';
import { enterRoom, makeRoom, message, say, tell } from '../kit/room.ts';
import { useStage } from '../kit/stage.ts';

const stage = useStage();

describe('offline', () => {
  let alice: Person;
  let carol: Person;
  beforeAll(async () => {
    carol = await stage.visit('carol');
    alice = await stage.visit('alice');
    await makeRoom(alice.page, { members: 'carol', title: 'On the train' });
    await enterRoom(carol.page, 'On the train');
    await tell(alice.page, 'A tunnel is coming');
  });

  it('says so, and sends what was written in the meantime once it is back', async () => {
    const { page } = alice;
    await stage.demo.control('goDown');
    await expectSeen(page.getByText('Offline. What you write is sent when the connection is back.'));
    await say(page, 'Written in the tunnel');
    await expectSeen(page.getByRole('article', { name: 'Sending' }));
    await takePicture(page, 'offline light');
    await stage.demo.control('comeUp');
    await expectSeen(message(carol.page, 'Written in the tunnel'));
    await expectGone(page.getByText('Offline.'));
    await expectGone(page.getByRole('article', { name: 'Sending' }));
    stage.forgive(/WebSocket|503|ERR_/);
  });

  it('brings what others wrote in the meantime', async () => {
    await stage.demo.control('cutSockets', { identity: 'alice' });
    await tell(carol.page, 'Did you come through?');
    await expectSeen(message(alice.page, 'Did you come through?'));
    await tell(alice.page, 'Yes, all is well');
    await expectSeen(message(carol.page, 'Yes, all is well'));
    stage.forgive(/WebSocket|503|ERR_/);
  });
});
