/** The life of a card as each family of official clients puts it on the wire; docs/spec/service.md §1 has what differs. */

import type { RawCard } from '@sotto/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCard, createWorld, expectRefusal, idOf, sendRaw, type World } from '../../test-kit.ts';
import { fromWire, toWire, type WireAnswer } from './wire-kit.ts';

interface Family {
  readonly name: string;
  readonly publishPath: string;
  /** Beside the token, and different where a request has no body. */
  readonly headers: (hasBody: boolean) => readonly string[];
  /** The body where none is needed. */
  readonly nothing: string | undefined;
  /** What is written for a member that is not there. */
  readonly absent: null | undefined;
}

const families: readonly Family[] = [
  {
    name: 'JavaScript: its URL ends in a slash, its header names are in small letters, and it revokes with {}',
    publishPath: '//card/v5',
    headers: (hasBody) => [
      'virgil-agent: sdk;js;Node20/linux;6.2.0',
      ...(hasBody ? ['content-type: application/json'] : []),
    ],
    nothing: '{}',
    absent: undefined,
  },
  {
    name: 'Swift: its bodies are labelled as forms, it revokes with none, and absent members are null',
    publishPath: '/card/v5',
    headers: (hasBody) => [
      'Virgil-Agent: sdk;x;iOS/26.0;9.0.0',
      ...(hasBody ? ['Content-Type: application/x-www-form-urlencoded'] : []),
    ],
    nothing: '',
    absent: null,
  },
  {
    name: 'the JVM: it publishes to /card/v5/ and labels as JSON what has no body, GET too',
    publishPath: '/card/v5/',
    headers: () => ['Virgil-Agent: sdk;jvm;Android/16;7.5.0', 'Content-Type: application/json; charset=utf-8'],
    nothing: '',
    absent: undefined,
  },
  {
    name: 'Go: it names no types by null, and revokes with neither a body nor its length',
    publishPath: '/card/v5',
    headers: () => ['Virgil-Agent: sdk;go;linux;5.0.0', 'Content-Type: application/json'],
    nothing: undefined,
    absent: null,
  },
];

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

test.each(families.map((family) => [family.name, family] as const))(
  'the life of a card goes through as put by %s',
  async (_, family) => {
    const identity = `user of ${family.publishPath} ${families.indexOf(family)}`;
    const first = await createCard(identity);
    const second = await createCard(identity, { previousCardId: idOf(first.raw) });
    const ids = [idOf(first.raw), idOf(second.raw)] as const;

    async function call(line: string, body?: string): Promise<WireAnswer> {
      const token = await world.token({ identity });
      const headers = [`Authorization: Virgil ${token}`, ...family.headers(body !== undefined && body !== '')];
      return fromWire(await sendRaw(world.service.port, toWire({ line, headers, body })));
    }
    const publish = (raw: RawCard) => {
      const signatures = raw.signatures.map((signature) => ({ ...signature, snapshot: family.absent }));
      return call(`POST ${family.publishPath}`, JSON.stringify({ ...raw, signatures }));
    };
    const search = async () => {
      const body = JSON.stringify({ identities: [identity], card_types: family.absent });
      const answer = await call('POST /card/v5/actions/search', body);
      expect(answer.status).toBe(200);
      return (answer.body as RawCard[]).map(idOf).sort();
    };
    const isSuperseded = async (id: string) => {
      const { status, headers } = await call(`GET /card/v5/${id}`);
      expect(status).toBe(200);
      return headers.get('X-Virgil-Is-Superseeded');
    };

    for (const { raw } of [first, second]) {
      const { status, body } = await publish(raw);
      expect(status).toBe(200);
      expect(body.content_snapshot).toBe(raw.content_snapshot);
      expect(body.signatures).toEqual([...raw.signatures, { signer: 'virgil', signature: expect.any(String) }]);
    }
    expectRefusal(await publish(first.raw), 'card/id-taken');
    expect(await search()).toEqual([...ids].sort());
    expect([await isSuperseded(ids[0]), await isSuperseded(ids[1])]).toEqual(['true', null]);
    const outdated = await call('POST /card/v5/actions/outdated', JSON.stringify({ card_ids: ids }));
    expect(outdated).toMatchObject({ status: 200, body: [ids[0]] });

    for (const id of ids) {
      const { status, headers } = await call(`POST /card/v5/actions/revoke/${id}`, family.nothing);
      expect(status).toBe(200);
      expect(headers.get('X-Virgil-Is-Superseeded')).toBeNull();
    }
    expect(await search()).toEqual([]);
    expect([await isSuperseded(ids[0]), await isSuperseded(ids[1])]).toEqual(['true', 'true']);
  },
);
