import { decryptFields, encryptFields } from '@sotto/core/field';
import { nodeProvider } from '@sotto/core/node';
import { readdir, readFile, watch, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { newWorkplace, spawnSotto } from '../test-kit.ts';

const ENCRYPT = 'fields encrypt --key alice.key --to bob.pub';
const DECRYPT = 'fields decrypt --key bob.key --from alice.pub';
const patient = { id: 'patients/42', name: 'Ann Example', city: 'Ghent', visits: [{ ward: 'A', note: 'first' }] };

describe('sotto fields', () => {
  it('encrypts fields of a document, and decrypts them', async () => {
    const { run } = await newWorkplace('alice', 'bob');
    const paths = '--field name --field visits[*].note';
    const encrypted = await run(`${ENCRYPT} --document-id p42 ${paths}`, JSON.stringify(patient));
    expect(encrypted).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(encrypted.stdout)).toMatchObject({
      name: expect.stringMatching(/^sotto:f1:0:/),
      city: 'Ghent',
      visits: [{ ward: 'A', note: expect.stringMatching(/^sotto:f1:0:/) }],
    });
    const { code, stdout, stderr } = await run(`${DECRYPT} --document-id p42`, encrypted.stdout);
    expect({ code, stderr, document: JSON.parse(stdout) as unknown }).toEqual({
      code: 0,
      stderr: '',
      document: patient,
    });
  });

  it('reads and writes what core does, with revision, end and cover as they were asked for', async () => {
    const { run, keys } = await newWorkplace('alice', 'bob');
    const facts = '--document-id p42 --field name --revision 7 --expires 2999-01-31 --cover-plain city';
    const { stdout } = await run(`${ENCRYPT} ${facts}`, JSON.stringify(patient));
    const access = { documentId: 'p42', keys: [keys['bob']!.privateKey], signers: [keys['alice']!.publicKey], now: 0 };
    const uncovered = { ...(JSON.parse(stdout) as object), visits: [] };
    expect(await decryptFields(nodeProvider, { document: uncovered, ...access })).toMatchObject({
      document: { ...patient, visits: [] },
      revision: 7,
      expiresAt: new Date('2999-01-31T00:00:00Z'),
    });
    const moved = { ...(JSON.parse(stdout) as object), city: 'Bruges' };
    expect(await run(`${DECRYPT} --document-id p42`, JSON.stringify(moved))).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('(field/plain-altered)'),
    });
  });

  it('gives dates and bytes as text, and says how many fields are for others', async () => {
    const { run, keys } = await newWorkplace('alice', 'bob', 'carol');
    const { alice, bob, carol } = keys;
    const document = { at: new Date(0), photo: { small: Uint8Array.of(1, 2, 3) }, secret: 1 };
    const encrypted = await encryptFields(nodeProvider, {
      document,
      documentId: 'p42',
      revision: 1,
      selections: [
        { path: 'at', readers: [bob!.publicKey] },
        { path: 'photo', readers: [bob!.publicKey] },
        { path: 'secret', readers: [carol!.publicKey] },
      ],
      signer: alice!.privateKey,
      coverage: 'all',
      now: 0,
    });
    const { stdout, stderr } = await run(`${DECRYPT} --document-id p42`, JSON.stringify(encrypted));
    expect(JSON.parse(stdout)).toEqual({ at: '1970-01-01T00:00:00.000Z', photo: { small: 'AQID' } });
    expect(stderr).toBe('1 field is for other readers, and left out\n');
  });

  it('takes one document a line, by the id that each has', async () => {
    const { run } = await newWorkplace('alice', 'bob');
    const lines = [1, 2].map((id) => `${JSON.stringify({ meta: { id }, note: `note ${id}` })}\n`);
    const ids = '--lines --id-field meta.id';
    const encrypted = await run(`${ENCRYPT} ${ids} --field note`, lines.join(''));
    expect(encrypted.stdout.split('\n')).toHaveLength(3);
    expect(await run(`${DECRYPT} ${ids}`, encrypted.stdout)).toEqual({ code: 0, stdout: lines.join(''), stderr: '' });

    const [first = '', second = ''] = encrypted.stdout.split('\n');
    const exchanged = [first.replace('"id":1', '"id":2'), second].join('\n');
    expect(await run(`${DECRYPT} ${ids}`, exchanged)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'sotto: line 1: the fields were encrypted for another document id; do not use them here (field/other-document)\n',
    });
  });

  it.each([
    ['--field nope --document-id p42', 2, 'nothing at nope', 'field/not-found'],
    ['--field a..b --document-id p42', 2, 'a..b is no path', 'field/path'],
    ['--field name --field name --document-id p42', 2, 'name each field once', 'field/overlap'],
    ['--field name', 2, 'one of --document-id and --id-field', 'cli/which-document'],
    ['--field name --document-id p42 --id-field id', 2, 'one of --document-id', 'cli/which-document'],
    ['--field name --lines --document-id p42', 2, '--id-field PATH', 'cli/which-document'],
    ['--field name --id-field nope', 1, 'correct --id-field', 'cli/no-document-id'],
    ['--field id --id-field id', 2, 'leave it plain', 'cli/which-document'],
    ['--field name --document-id p42 --expires 2001-01-01', 2, '--expires', 'field/expiry'],
    ['--field name --document-id p42 --expires soon', 2, 'a date such as', ''],
    ['--field name --document-id p42 --revision 0', 2, 'from 1', 'field/revision'],
  ])('encrypt %s is refused with exit code %i', async (options, code, words, name) => {
    const { run } = await newWorkplace('alice', 'bob');
    const refusal = await run(`${ENCRYPT} ${options}`, JSON.stringify(patient));
    expect(refusal).toMatchObject({ code, stdout: '' });
    expect(refusal.stderr).toContain(words);
    expect(refusal.stderr).toContain(name);
  });

  it('repeats nothing of a document when it refuses', async () => {
    const { run } = await newWorkplace('alice', 'bob');
    const secrets = [
      '{"xyzzy":"plugh", oops}',
      '{"xyzzy":1,"xyzzy":"plugh"}',
      '["xyzzy"]',
      '{"xyzzy":{"plugh":1e999}}',
    ];
    for (const document of secrets) {
      for (const path of ['xyzzy', '*']) {
        const { code, stdout, stderr } = await run(`${ENCRYPT} --document-id p42 --field ${path}`, document);
        expect([1, 2]).toContain(code);
        expect(stdout).toBe('');
        expect(stderr).toMatch(/^sotto: [^\n]+ \((json|field)\/[\w-]+\)\n$/);
        expect(stderr.replaceAll('at xyzzy', '')).not.toMatch(/xyzzy|plugh/);
      }
    }
  });

  it('leaves no text behind after Ctrl-C', async () => {
    const { run, folder, path } = await newWorkplace('alice', 'bob');
    const { stdout: line } = await run(`${ENCRYPT} --lines --id-field id --field note`, '{"id":1,"note":"secret"}');
    const before = await readdir(folder);
    const changes = watch(folder);
    const args = `${DECRYPT} --lines --id-field id --out notes`.split(' ');
    const { child, exit } = spawnSotto(args, {}, { stdin: 'pipe', cwd: folder });
    child.stdin!.write(line);
    for await (const { eventType, filename } of changes) {
      // Not only made, but with the first line in it.
      if (eventType === 'change' && filename?.endsWith('.tmp')) {
        if ((await readFile(path(filename), 'utf8')).includes('secret')) break;
      }
    }
    child.kill('SIGINT');
    expect(await exit).toEqual({ code: 130, signal: null });
    expect(await readdir(folder)).toEqual(before);
  });

  it('writes into a file as a whole', async () => {
    const { run, path } = await newWorkplace('alice', 'bob');
    await writeFile(path('all'), 'what was here');
    const lines = '{"id":1,"note":"a"}\n{"id":2}\n';
    const { code } = await run(`${ENCRYPT} --lines --id-field id --field note --out all`, lines);
    expect(code).toBe(2);
    expect(await readFile(path('all'), 'utf8')).toBe('what was here');
  });
});
