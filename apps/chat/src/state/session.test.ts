import { SdkError } from '@sotto/e3kit';
import { describe, expect, it } from 'vitest';
import type { Account, PeerKeyChange, UserKeys } from './account.ts';
import type { ChatService } from './chat-service.ts';
import { createSession, type Session } from './session.ts';
import { createStore } from './store.ts';

/** An account whose key, card and backup are facts of the test. */
interface Facts {
  hasKey: boolean;
  hasCard: boolean;
  password?: string;
  isServiceAway?: boolean;
  readonly made: string[][];
}

function accountOf(identity: string, facts: Facts, tell: (listener: (change: PeerKeyChange) => void) => void): Account {
  const unused = () => Promise.reject(new Error('not part of signing in'));
  const keys: UserKeys = {
    hasLocalKey: async () => facts.hasKey,
    async register() {
      if (facts.hasCard) throw refusal('register/already-registered');
      facts.hasCard = facts.hasKey = true;
    },
    async startWithNewKey() {
      facts.hasKey = true;
    },
    async restore(password) {
      if (password !== facts.password) throw refusal('backup/wrong-password');
      facts.hasKey = true;
    },
    async cleanup() {
      facts.hasKey = false;
    },
    onKeyChanged: (listener) => {
      tell(listener);
      return () => {};
    },
    backUp: unused,
    changePassword: unused,
    removeBackup: unused,
    safetyNumber: unused,
    compareQr: unused,
    setVerified: unused,
    clearVerified: unused,
    acceptKey: unused,
    refuseKey: unused,
    lookAgain: unused,
  };
  const service: ChatService = {
    identity,
    isEmulated: true,
    connection: createStore('online' as const),
    askIn: async () => false,
    rooms: createStore([]),
    createRoom({ members }) {
      facts.made.push([...members]);
      return Promise.reject(new Error('no rooms here'));
    },
    close: async () => {},
  };
  return {
    identity,
    device: '',
    keys,
    openChat: async () => {
      if (facts.isServiceAway) throw new Error('away');
      return service;
    },
  };
}

const refusal = (code: string) => new SdkError({ code, family: 'usage', message: code });

function openSession(given: Partial<Facts> = {}): { session: Session; facts: Facts; tellKeyChange: () => void } {
  const facts: Facts = { hasKey: false, hasCard: false, made: [], ...given };
  let listener: (change: PeerKeyChange) => void = () => {};
  const session = createSession(async (identity) => accountOf(identity, facts, (next) => (listener = next)));
  return {
    session,
    facts,
    tellKeyChange: () => listener({ identity: 'bob', kind: 'replaced', wasVerified: false }),
  };
}

describe('signing in', () => {
  it('makes a key for a new user, and opens the chat', async () => {
    const { session, facts } = openSession();
    const seen: string[] = [];
    session.subscribe(() => {
      const state = session.get();
      seen.push(state.status === 'signing-in' ? state.step : state.status);
    });
    await session.signIn('alice');
    expect(seen).toEqual(['backend', 'key', 'chat', 'signed-in']);
    expect(facts).toMatchObject({ hasKey: true, hasCard: true });
  });

  it('begins a first room with somebody to talk to, and goes on without it', async () => {
    const { session, facts } = openSession();
    await session.signIn('alice');
    expect(facts.made).toEqual([['carol']]);
    expect(session.get().status).toBe('signed-in');
  });

  it('asks a user whose key is elsewhere, and restores it with the password alone', async () => {
    const { session } = openSession({ hasCard: true, password: 'right' });
    await session.signIn('alice');
    expect(session.get()).toMatchObject({ status: 'needs-key', account: { identity: 'alice' } });
    await session.restoreKey('wrong');
    expect(session.get()).toMatchObject({ status: 'needs-key', error: { code: 'backup/wrong-password' } });
    await session.restoreKey('right');
    expect(session.get().status).toBe('signed-in');
  });

  it('starts with a new key if the user says so', async () => {
    const { session } = openSession({ hasCard: true });
    await session.signIn('alice');
    await session.startWithNewKey();
    expect(session.get().status).toBe('signed-in');
  });

  it('comes back to the name with what went wrong', async () => {
    const { session, facts } = openSession({ isServiceAway: true });
    await session.signIn('alice');
    expect(session.get()).toMatchObject({ status: 'signed-out', error: { message: 'away' } });
    facts.isServiceAway = false;
    await session.signIn('alice');
    expect(session.get().status).toBe('signed-in');
  });

  it('passes on that the key of somebody has changed', async () => {
    const { session, tellKeyChange } = openSession();
    const changes: PeerKeyChange[] = [];
    session.onKeyChanged((change) => changes.push(change));
    await session.signIn('alice');
    tellKeyChange();
    expect(changes).toMatchObject([{ identity: 'bob', kind: 'replaced' }]);
  });
});

describe('signing out', () => {
  it.each([
    [false, true],
    [true, false],
  ])('with clean: %s leaves a key behind: %s', async (clean, hasKey) => {
    const { session, facts } = openSession();
    await session.signIn('alice');
    await session.signOut({ clean });
    expect(session.get().status).toBe('signed-out');
    expect(facts.hasKey).toBe(hasKey);
  });
});
