import { beforeEach, describe, expect, test } from 'vitest';
import { findLies, NOTHING } from './check.js';
import { createHistory } from './history.js';

type Outcome = 'acknowledged' | 'refused' | 'unknown';

let history: ReturnType<typeof createHistory> & Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- lists of several shapes
let found: {
  cards: Map<string, { snapshot: string; isGenuine: boolean; isSuperseded: boolean }>;
  listed: Set<string>;
  registers: Map<string, { hash: string; version?: number }>;
  unusedKeys: Map<string, Set<string>>;
};

beforeEach(() => {
  history = createHistory({ guessLimit: 2 });
  found = { cards: new Map(), listed: new Set(), registers: new Map(), unusedKeys: new Map() };
});

function tell(list: string, entry: object, outcome: Outcome = 'acknowledged') {
  history[list].push({ ...entry, outcome, sentAt: history.tick(), toldAt: history.tick() });
}

const publish = (cardId: string, outcome?: Outcome, previousCardId?: string) =>
  tell('cards', { identity: 'alice', cardId, previousCardId, snapshot: `of ${cardId}` }, outcome);

function store(cardId: string, changes: object = {}) {
  found.cards.set(cardId, { snapshot: `of ${cardId}`, isGenuine: true, isSuperseded: false, ...changes });
  found.listed.add(cardId);
}

const revoke = (cardId: string, outcome?: Outcome) => tell('revocations', { cardId }, outcome);

function storeRevoked(cardId: string) {
  store(cardId, { isSuperseded: true });
  found.listed.delete(cardId);
}

const put = (hash: string, previousHash: string, outcome?: Outcome) =>
  tell('puts', { register: 'r', hash, previousHash }, outcome);
const read = (hash: string, version?: number) =>
  found.registers.set('r', { hash, ...(version === undefined ? {} : { version }) });
const upload = (keys: string[], outcome?: Outcome) => tell('uploads', { owner: 'alice', keys }, outcome);
const pick = (key?: string, outcome?: Outcome) => tell('picks', { owner: 'alice', key }, outcome);
const leave = (...keys: string[]) => found.unusedKeys.set('alice', new Set(keys));

const lies = () => findLies(history, found);

test('nothing is no lie', () => {
  expect(lies()).toEqual([]);
});

describe('a card', () => {
  test('that was acknowledged and is there, refused and is not, or unknown and either, is true', () => {
    for (const [cardId, outcome] of [['a'], ['b', 'refused'], ['c', 'unknown'], ['d', 'unknown']] as const)
      publish(cardId, outcome);
    for (const cardId of ['a', 'c']) store(cardId);
    expect(lies()).toEqual([]);
  });

  test('that was acknowledged and is not there is lost', () => {
    publish('a');
    expect(lies()).toEqual(['card a was acknowledged, and is gone']);
  });

  test('that was acknowledged and that a later read did not find is lost, though it is there now', () => {
    tell('reads', { cardId: 'a', isFound: false });
    publish('a');
    store('a');
    expect(lies()).toEqual([]);
    tell('reads', { cardId: 'a', isFound: false });
    expect(lies()).toEqual(['card a was acknowledged, and a later read did not find it']);
  });

  test('that was refused is not there', () => {
    publish('a', 'refused');
    store('a');
    expect(lies()).toEqual(['card a was refused, and is there']);
  });

  test.each([{ snapshot: 'another' }, { isGenuine: false }])(
    'that is there is the one that was sent: %o',
    (changes) => {
      publish('a', 'unknown');
      store('a', changes);
      expect(lies()).toEqual(['card a is there, and not as it was sent']);
    },
  );

  test('has one successor', () => {
    publish('a');
    for (const cardId of ['b', 'c']) publish(cardId, 'acknowledged', 'a');
    store('a', { isSuperseded: true });
    for (const cardId of ['b', 'c']) store(cardId);
    expect(lies()).toEqual(['card a was replaced by 2 cards']);
  });

  test('is called superseded if it has a successor, and only then', () => {
    publish('a');
    publish('b', 'unknown', 'a');
    store('a', { isSuperseded: true });
    expect(lies()).toEqual(['card a is called superseded where it is not, or the reverse']);
    store('b');
    expect(lies()).toEqual([]);
  });

  test('that was revoked is not listed, and its chain is at its end', () => {
    publish('a');
    revoke('a');
    store('a', { isSuperseded: true });
    expect(lies()).toEqual(['card a was revoked, and is listed']);
    found.listed.delete('a');
    expect(lies()).toEqual([]);
  });

  test.each(['acknowledged', 'unknown'] as const)(
    'that was sent when its chain was revoked is not taken, though its answer be %s',
    (outcome) => {
      publish('a');
      revoke('a');
      // Whoever revokes it once more has not made it young again.
      publish('b', outcome, 'a');
      revoke('b');
      storeRevoked('a');
      expect(lies()).toEqual(outcome === 'acknowledged' ? ['card b was acknowledged, and is gone'] : []);
      storeRevoked('b');
      expect(lies()).toEqual(['card b was taken after its chain was revoked']);
    },
  );

  test('that was refused because its chain was revoked is not there', () => {
    publish('a');
    revoke('a');
    publish('b', 'refused', 'a');
    storeRevoked('a');
    expect(lies()).toEqual([]);
    storeRevoked('b');
    expect(lies()).toContain('card b was refused, and is there');
  });

  describe.each(['acknowledged', 'unknown'] as const)(
    'that was under way while its chain was revoked (%s)',
    (outcome) => {
      beforeEach(() => {
        publish('a');
        revoke('a', outcome);
        publish('b', 'acknowledged', 'a');
        history.cards[1].sentAt = history.revocations[0].sentAt;
      });

      test('is revoked with it', () => {
        for (const cardId of ['a', 'b']) storeRevoked(cardId);
        expect(lies()).toEqual([]);
      });

      test('is not the only one that was', () => {
        store('a', { isSuperseded: true });
        storeRevoked('b');
        const [lie] = lies();
        expect(lie).toBe(
          outcome === 'acknowledged'
            ? 'card a was revoked, and is listed'
            : 'card b is there, and a search does not list it',
        );
      });

      test('does not outlive it', () => {
        storeRevoked('a');
        store('b');
        const [lie] = lies();
        expect(lie).toBe(
          outcome === 'acknowledged'
            ? 'card b was revoked, and is listed'
            : 'card a is there, and a search does not list it',
        );
      });
    },
  );

  test('stays as it is where the answer of a revocation was lost, with all of its chain', () => {
    publish('a');
    publish('b', 'acknowledged', 'a');
    revoke('a', 'unknown');
    store('a', { isSuperseded: true });
    store('b');
    expect(lies()).toEqual([]);
    store('b', { isSuperseded: true });
    expect(lies()).toEqual(['card b is called superseded where it is not, or the reverse']);
  });

  test('that is there is listed', () => {
    publish('a');
    store('a');
    found.listed.clear();
    expect(lies()).toEqual(['card a is there, and a search does not list it']);
  });
});

describe('a register', () => {
  test('whose puts go from nothing to what is read is true, whatever else was refused or has no answer', () => {
    put('1', NOTHING);
    put('2', '1', 'unknown');
    put('x', '1', 'refused');
    put('y', '2', 'unknown');
    put('3', '2');
    read('3', 3);
    expect(lies()).toEqual([]);
  });

  test('that nobody wrote to holds nothing', () => {
    put('1', NOTHING, 'refused');
    read(NOTHING, 0);
    expect(lies()).toEqual([]);
  });

  test('has lost a put that was acknowledged and is not on the way', () => {
    put('1', NOTHING);
    put('2', '1');
    read('1');
    expect(lies()).toEqual(['r: a put was acknowledged, and is lost: 2']);
  });

  test('has forked if two puts over the same one were acknowledged', () => {
    put('1', NOTHING);
    put('2', '1');
    put('3', '1');
    read('3');
    expect(lies()).toEqual(['r: a put was acknowledged, and is lost: 2']);
  });

  test('holds no put that was refused', () => {
    put('1', NOTHING);
    put('2', '1', 'refused');
    read('2');
    expect(lies()).toEqual(['r: a put was refused, and was stored: 2']);
  });

  test('holds nothing that nobody wrote', () => {
    put('1', NOTHING, 'unknown');
    read('z');
    expect(lies()).toEqual(['r: holds what nobody wrote there']);
  });

  test('counts its puts', () => {
    put('1', NOTHING);
    read('1', 2);
    expect(lies()).toEqual(['r: counts 2 puts, and there were 1']);
  });
});

describe('a one-time key', () => {
  test('is unused, handed out, or lost in a pick that had no answer', () => {
    upload(['1', '2', '3']);
    pick('1');
    pick(undefined, 'unknown');
    leave('2');
    expect(lies()).toEqual([]);
  });

  test('is handed out once', () => {
    upload(['1']);
    for (let times = 0; times < 2; times++) pick('1');
    expect(lies()).toEqual(['one-time key 1 was handed out 2 times']);
  });

  test('that was acknowledged is not gone', () => {
    upload(['1', '2']);
    leave('1');
    expect(lies()).toEqual(['alice: 1 one-time keys are gone, and 0 picks had no answer']);
  });

  test('is not left with half of its upload', () => {
    upload(['1', '2'], 'unknown');
    expect(lies()).toEqual([]);
    leave('1');
    expect(lies()).toEqual(['alice: 1 one-time keys are gone, and 0 picks had no answer']);
  });

  test('whose upload was refused is neither there nor handed out', () => {
    upload(['1', '2'], 'refused');
    leave('1');
    expect(lies()).toEqual(['alice: an upload was refused, and was stored']);
    leave();
    pick('1');
    expect(lies()).toEqual(['one-time key 1 was refused, and handed out']);
  });

  test('was left by the one for whom it is handed out', () => {
    pick('1');
    expect(lies()).toEqual(['one-time key 1 was handed out for somebody who never left it']);
  });
});

describe('guesses', () => {
  const guess = (outcome?: Outcome) =>
    tell('guesses', { identity: 'alice', ...(outcome === 'refused' && { code: 60007 }) }, outcome);

  test('are no more than there are', () => {
    for (let times = 0; times < 3; times++) guess();
    expect(lies()).toEqual(['alice: made 3 guesses, and may make 2']);
  });

  test('are refused where they were made, or may have been', () => {
    guess();
    guess('refused');
    expect(lies()).toEqual(['alice: was refused a guess after 1']);
    guess('unknown');
    expect(lies()).toEqual([]);
  });
});

test('an App Key that was revoked is accepted no more', () => {
  tell('keyUses', { appKeyId: 'k' });
  tell('keyRevocations', { appKeyId: 'k' });
  tell('keyUses', { appKeyId: 'k' }, 'refused');
  expect(lies()).toEqual([]);
  tell('keyUses', { appKeyId: 'k' });
  expect(lies()).toEqual(['App Key k was revoked, and is accepted']);
});
