/** Tickets of group epochs by the official Keyknox client over our service: who gets which, and who no longer. */
import { startWorld, type World } from '@sotto/testing';
import type { ICard } from 'virgil-sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { official, officialKeyknox } from './official.ts';
import { createUser, type OfficialUser, publishCard } from './user.ts';

const noTicket = { name: 'GroupTicketDoesntExistError' };

type Session = ReturnType<typeof official.generateGroupSession>;
type Tickets = InstanceType<typeof officialKeyknox.CloudGroupTicketStorage>;

interface Member extends OfficialUser {
  readonly card: ICard;
  readonly tickets: Tickets;
}

let world: World;
let owner: Member;
let bob: Member;
let carol: Member;
let sessions = 0;
/** New for each test, as its tickets are. */
let session: Session;
let id: string;

beforeAll(async () => {
  world = await startWorld();
  [owner, bob, carol] = [await createMember('alice'), await createMember('bob'), await createMember('carol')];
});
afterAll(() => world.close());
beforeEach(() => {
  session = official.generateGroupSession(`group number ${sessions++}`);
  id = session.getSessionId();
});

async function createMember(identity: string): Promise<Member> {
  const user = createUser(world, identity);
  return withTickets(user, await publishCard(user));
}

function withTickets(user: OfficialUser, card: ICard): Member {
  const { keyknox, identity, pair } = user;
  const tickets = new officialKeyknox.CloudGroupTicketStorage({ keyknoxManager: keyknox, identity, ...pair });
  return { ...user, card, tickets };
}

/** The ticket of the epoch with this number. */
const ticketOf = (epoch: number) => session.parseMessage(session.export()[epoch]!);

/** Numbers of the epochs that `member` has tickets of, each of which opens what the session encrypts. */
async function epochsOf({ tickets }: Member): Promise<number[]> {
  const retrieved = await tickets.retrieve(id, owner.identity, owner.pair.publicKey);
  return retrieved.map(({ groupSessionMessageInfo: { epochNumber, data } }) => {
    expect(data).toBe(ticketOf(epochNumber).data);
    return epochNumber;
  });
}

describe('a ticket', () => {
  it('is read by its owner and those it is for, who see who they are, and by nobody else', async () => {
    await owner.tickets.store(ticketOf(0), [bob.card]);
    expect(await epochsOf(bob)).toEqual([0]);
    expect(await owner.tickets.retrieve(id)).toMatchObject([{ identities: ['alice', 'bob'] }]);
    expect(await bob.tickets.retrieve(id, 'alice', owner.pair.publicKey)).toEqual(await owner.tickets.retrieve(id));
    await expect(epochsOf(carol)).rejects.toMatchObject(noTicket);
    await expect(bob.tickets.retrieve(id)).rejects.toMatchObject(noTicket);
  });

  it('opens messages of the group', async () => {
    await owner.tickets.store(ticketOf(0), [bob.card]);
    const [ticket] = await bob.tickets.retrieve(id, 'alice', owner.pair.publicKey);
    const theirs = official.importGroupSession([ticket!.groupSessionMessageInfo.data]);
    const message = session.encrypt('hello', owner.pair.privateKey);
    expect(theirs.decrypt(message, owner.pair.publicKey).toString()).toBe('hello');
  });

  it('is stored once', async () => {
    await owner.tickets.store(ticketOf(0), [bob.card]);
    await expect(owner.tickets.store(ticketOf(0), [carol.card])).rejects.toMatchObject({
      name: 'GroupTicketAlreadyExistsError',
    });
    await expect(epochsOf(carol)).rejects.toMatchObject(noTicket);
  });

  it('is believed only from its owner', async () => {
    await owner.tickets.store(ticketOf(0), [bob.card]);
    await expect(bob.tickets.retrieve(id, 'alice', carol.pair.publicKey)).rejects.toMatchObject({
      name: 'VirgilCryptoError',
    });
  });
});

describe('the owner of tickets', () => {
  beforeEach(async () => {
    await owner.tickets.store(ticketOf(0), [bob.card]);
    session.addNewEpoch();
    await owner.tickets.store(ticketOf(1), [bob.card]);
  });

  it('adds readers to all epochs', async () => {
    await owner.tickets.addRecipient(id, carol.card);
    expect([await epochsOf(bob), await epochsOf(carol)]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    const [ticket] = await bob.tickets.retrieve(id, 'alice', owner.pair.publicKey);
    expect(ticket!.identities).toEqual(['alice', 'bob', 'carol']);
  });

  it('adds several at once', async () => {
    const more = await Promise.all(Array.from({ length: 10 }, (_, index) => createMember(`more-${sessions}-${index}`)));
    await owner.tickets.addRecipients(
      id,
      more.map(({ card }) => card),
    );
    for (const member of more) expect(await epochsOf(member)).toEqual([0, 1]);
  });

  it('is told where another device was faster, and has then written nothing', async () => {
    const { privateKey, publicKey: publicKeys } = owner.pair;
    const epoch = { root: 'group-sessions', path: id, key: '0', privateKey, publicKeys };
    const { value, keyknoxHash } = await owner.keyknox.v2Pull(epoch);
    await withTickets(owner, owner.card).tickets.addRecipient(id, carol.card);
    const late = owner.keyknox.v2Push({ ...epoch, identities: ['alice', 'bob'], value, keyknoxHash });
    await expect(late).rejects.toMatchObject({ name: 'KeyknoxClientError', status: 400, code: 50010 });
    expect([await epochsOf(bob), await epochsOf(carol)]).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('removes readers from all epochs, or from one', async () => {
    await owner.tickets.addRecipient(id, carol.card);
    await owner.tickets.removeRecipient(id, 'carol', 0);
    expect(await epochsOf(carol)).toEqual([1]);
    await owner.tickets.removeRecipient(id, 'carol');
    await expect(epochsOf(carol)).rejects.toMatchObject(noTicket);
    expect(await epochsOf(bob)).toEqual([0, 1]);
  });

  it('adds a reader anew, for a new key', async () => {
    const erin = await createMember(`erin-${sessions}`);
    await owner.tickets.addRecipient(id, erin.card);
    const renewed = { ...erin, pair: official.generateKeys() };
    const again = withTickets(renewed, await publishCard(renewed, erin.card));
    await expect(epochsOf(again)).rejects.toMatchObject({ name: 'GroupTicketNoAccessError' });
    await owner.tickets.reAddRecipient(id, again.card);
    expect(await epochsOf(again)).toEqual([0, 1]);
    expect(await epochsOf(bob)).toEqual([0, 1]);
  });

  it('deletes all of it, and may begin anew', async () => {
    await owner.tickets.delete(id);
    for (const member of [owner, bob]) await expect(epochsOf(member)).rejects.toMatchObject(noTicket);
    await owner.tickets.delete(id);
    await owner.tickets.store(ticketOf(0), [carol.card]);
    expect(await epochsOf(carol)).toEqual([0]);
    await expect(epochsOf(bob)).rejects.toMatchObject(noTicket);
  });

  it('is gone with the last of its copies: who removes the owner empties the record for all', async () => {
    await owner.tickets.removeRecipient(id, 'alice');
    for (const member of [owner, bob]) await expect(epochsOf(member)).rejects.toMatchObject(noTicket);
  });

  it('is the only one who adds and deletes', async () => {
    await bob.tickets.delete(id);
    expect(await epochsOf(bob)).toEqual([0, 1]);
    await bob.tickets.store(ticketOf(0), [carol.card]);
    await expect(epochsOf(carol)).rejects.toMatchObject(noTicket);
  });
});
