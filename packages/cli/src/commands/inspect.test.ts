import { bytesToBase64, bytesToHex, issueCard, seal, utf8ToBytes } from '@sotto/core';
import { encodeTicket, sealGroupMessage, startSession } from '@sotto/core/group';
import { nodeProvider } from '@sotto/core/node';
import { createSealer } from '@sotto/core/series';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { newWorkplace } from '../test-kit.ts';

const KNOW = '--know alice.pub --know bob.pub';

describe('sotto inspect of a message', () => {
  it('says for whom it is, and what shows', async () => {
    const { run, keys } = await newWorkplace('alice', 'bob', 'carol');
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => bytesToHex(keys[name]!.publicKey.identifier));
    const { stdout: message } = await run('encrypt --key alice.key --to bob.pub --to carol.pub --text', 'Hello');
    const { code, stdout, stderr } = await run(`inspect ${KNOW}`, message);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [title, ...lines] = stdout.split('\n');
    expect(title).toBe('signed message (mode signAndEncrypt)');
    expect(lines).toEqual([
      `for      ${alice}  alice.pub`,
      `         ${bob}  bob.pub`,
      `         ${carol}`,
      'by       shown to readers alone',
      'text     0 to 155 bytes, padded',
      `size     ${Buffer.from(message, 'base64').length.toLocaleString('en')} bytes`,
      'lacks    nothing says for whom, where or when it was signed: it can be passed on, and sent again',
      '         the head is not protected as a whole: readers can be listed or left out unseen',
      '         whoever gets the private key of a reader can read it, also later',
      '',
    ]);
  });

  it('says of the format of 2019 who signed, and that guesses can be tested', async () => {
    const { run, keys } = await newWorkplace('alice', 'bob');
    const { alice, bob } = keys;
    const message = await seal(nodeProvider, {
      mode: 'signThenEncrypt',
      plaintext: utf8ToBytes('Hello'),
      recipients: [bob!.publicKey],
      signer: alice!.privateKey,
      identifiers: 'sha256',
    });
    const { stdout } = await run(`inspect ${KNOW}`, message);
    expect(stdout).toContain('message in the format of 2019 (mode signThenEncrypt)\n');
    expect(stdout).toContain(
      `by       ${bytesToHex(alice!.publicKey.identifierSha256)}  alice.pub, as it says in clear\n`,
    );
    expect(stdout).toContain('text     5 bytes, not padded\n');
    expect(stdout).toContain('the signature stands in clear: whoever has the message can test guesses of its text');
    expect(JSON.parse((await run(`inspect ${KNOW} --json`, message)).stdout)).toMatchObject({
      kind: 'message',
      mode: 'signThenEncrypt',
      readers: [{ name: 'bob.pub' }],
      signer: { name: 'alice.pub' },
      text: { atLeast: 5, atMost: 5 },
      isPadded: false,
      lacks: ['signature-in-clear', 'exact-size', 'unbound', 'open-head', 'no-forward-secrecy'],
    });
  });

  it('says that nobody signed, and that the end is missing', async () => {
    const { run, keys } = await newWorkplace('alice', 'bob');
    const recipients = [keys['bob']!.publicKey];
    const unsigned = await seal(nodeProvider, { mode: 'encrypt', plaintext: utf8ToBytes('Hello'), recipients });
    expect((await run('inspect', unsigned)).stdout).toContain(
      'lacks    it is not signed: anybody may have written it\n',
    );
    const signer = keys['alice']!.privateKey;
    const plaintext = new Uint8Array(1000);
    const signed = await seal(nodeProvider, { mode: 'signAndEncrypt', plaintext, recipients, signer });
    const { stdout } = await run('inspect', signed.subarray(0, 900));
    expect(stdout).toMatch(/^signed message \(mode signAndEncrypt\), cut off before its end\n/);
  });

  it('reads no more than it needs of a long one', async () => {
    const { run, path } = await newWorkplace('alice', 'bob');
    await writeFile(path('long'), '');
    await truncate(path('long'), 40_000_000);
    await run('encrypt --key alice.key --to bob.pub --in long --out long.enc');
    expect((await run('inspect long.enc --json')).stdout).toContain('"atMost": 40000155\n');
    await run('encrypt --key alice.key --to bob.pub --in long --text --out long.txt');
    const { stdout } = await run('inspect long.txt --json');
    expect(stdout).toContain('"atMost": 40000155\n');
    expect(stdout).not.toContain('"size"');
  });
});

describe('sotto inspect', () => {
  it('names keys, and shows nothing of private ones', async () => {
    const { run, path, keys } = await newWorkplace('alice');
    const id = bytesToHex(keys['alice']!.publicKey.identifier);
    expect((await run('inspect alice.pub')).stdout).toBe(
      `public key of type ED25519\nid       ${id}\nfor      encrypting and verifying\n`,
    );
    const { stdout: pair } = await run('keygen');
    await writeFile(path('pair'), pair);
    await run('keygen --pem --out pem.key');
    for (const file of ['alice.key', 'pair', 'pem.key']) {
      for (const options of ['', ' --json']) {
        const { code, stdout } = await run(`inspect ${file}${options}`);
        expect(code).toBe(0);
        expect(stdout).toMatch(
          /^private key: a secret, of which nothing is shown|^\{\n {2}"kind": "private key"\n\}\n$/,
        );
        const lines = (await readFile(path(file), 'utf8')).split('\n').filter((line) => /^\w{9}/.test(line));
        expect(lines.filter((line) => stdout.includes(line))).toEqual([]);
      }
    }
  });

  it('tells messages of a group from tickets, which are secrets', async () => {
    const { run, keys } = await newWorkplace('alice');
    const session = startSession(nodeProvider, nodeProvider.randomBytes(32));
    const { privateKey: signer } = keys['alice']!;
    const message = await sealGroupMessage(nodeProvider, { session, plaintext: utf8ToBytes('Hello'), signer });
    const { stdout } = await run('inspect', bytesToBase64(message));
    expect(stdout).toContain(`message of a group, epoch 0\ngroup    ${bytesToHex(session.sessionId)}\n`);
    const ticket = await run('inspect', encodeTicket(session.tickets[0]!));
    expect(ticket.stdout).toBe('group ticket: a secret, of which nothing is shown; keep it to yourself\n');
  });

  it('says of a document which fields are encrypted, and for whom', async () => {
    const { run } = await newWorkplace('alice', 'bob');
    const document = JSON.stringify({ name: 'Ann', city: 'Ghent' });
    const { stdout } = await run(
      'fields encrypt --key alice.key --to bob.pub --document-id p42 --field name',
      document,
    );
    const lines = (await run(`inspect ${KNOW}`, stdout)).stdout.split('\n');
    expect(lines.slice(0, 4).map((line) => line.replace(/[0-9a-f]{16}/, 'ID'))).toEqual([
      'document with encrypted fields, revision 1',
      'fields   /name  48 bytes, set 0',
      'set 0    ID  alice.pub',
      '         ID  bob.pub',
    ]);
  });

  it('reads a card, and lets nothing in it reach the terminal as it is', async () => {
    const { run, keys } = await newWorkplace('alice');
    const { privateKey } = keys['alice']!;
    const card = await issueCard(nodeProvider, { identity: 'al\u001b[2Jice\u202e', privateKey, createdAt: 0 });
    const { stdout } = await run('inspect --know alice.pub', JSON.stringify(card));
    expect(stdout).toMatch(/^card of al\ufffd\[2Jice\ufffd, not verified here\n/);
    expect(stdout).toContain(
      'alice.pub of type ED25519\nmade     1970-01-01T00:00:00.000Z\nsigned   by self, as it says\n',
    );
    expect((await run('inspect', bytesToBase64(utf8ToBytes(JSON.stringify(card))))).stdout).toBe(
      (await run('inspect', JSON.stringify(card))).stdout,
    );
  });

  it('knows frames of a series, signatures and tokens', async () => {
    const { run, keys } = await newWorkplace('alice', 'bob');
    const [signer, readers] = [keys['alice']!.privateKey, [keys['bob']!.publicKey]];
    const sealer = await createSealer(nodeProvider, {
      series: 'greenhouse',
      session: 1,
      signer,
      readers,
      signatures: 'each',
      clock: () => 0,
    });
    expect((await run(`inspect ${KNOW}`, sealer.start)).stdout).toMatch(
      /^frame of a sealed series, by its first byte: start\nfor {6}[0-9a-f]{16} {2}bob\.pub\n/,
    );
    const reading = await sealer.seal(utf8ToBytes('21.5'));
    expect((await run('inspect', reading)).stdout).toMatch(/: signed reading\nsession {2}[0-9a-f]{8}\nsize/);
    const { stdout: signature } = await run('sign --key alice.key', 'Hello');
    expect((await run('inspect', signature)).stdout).toMatch(/^signature over a SHA-512 digest\n/);
    expect((await run('inspect', 'eyJh.eyJi.c2ln')).stdout).toMatch(/^token: a secret/);
  });

  it.each(['', 'Hello', '{}', 'null'])('says that it does not know %j', async (text) => {
    const { run } = await newWorkplace();
    const { code, stdout, stderr } = await run('inspect', text);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^sotto: [^\n]+ \(cli\/unknown-format\)\n$/);
  });
});
