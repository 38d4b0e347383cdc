// What the article says of its code, tried out. Needs a running `sotto dev`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decrypt, eThree, encrypt } from './article.js';
import { bob } from './bob.js';

test('alice decrypts what bob encrypted', async () => {
  const publicKeys = await bob.lookupPublicKeys(['alice', 'bob']);
  const encryptedData = await bob.encrypt(new ArrayBuffer(), publicKeys);
  const encryptedText = await bob.encrypt('this text was encrypted by bob', publicKeys);

  const { decryptedData, decryptedText } = await decrypt({ encryptedData, encryptedText });
  assert.equal(decryptedData.byteLength, 0);
  assert.equal(decryptedText, 'this text was encrypted by bob');
});

test('bob decrypts what alice encrypted', async () => {
  const { encryptedData, encryptedText } = await encrypt();

  const publicKey = await bob.lookupPublicKeys('alice');
  assert.equal((await bob.decrypt(encryptedData, publicKey)).byteLength, 0);
  assert.equal(await bob.decrypt(encryptedText, publicKey), 'this text will be encrypted');
});

test("alice's own text does not pass as bob's", async () => {
  const { encryptedData, encryptedText } = await encrypt();
  const otherSigner = { name: 'SdkError', code: 'envelope/other-signer' };
  await assert.rejects(decrypt({ encryptedData, encryptedText }), otherSigner);

  const publicKey = await eThree.lookupPublicKeys('bob');
  await assert.rejects(eThree.decrypt(encryptedText, publicKey), otherSigner);
  assert.equal(await eThree.decrypt(encryptedText), 'this text will be encrypted');
});
