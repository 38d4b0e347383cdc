/** Another format: a JWS (EdDSA) inside a JWE (ECDH-ES with X25519, A256GCM) for one reader. Web Crypto. */
import { CompactEncrypt, CompactSign, compactDecrypt, compactVerify, generateKeyPair } from 'jose';

const encoder = new TextEncoder();

export async function createJose() {
  return async ({ data }) => {
    const sender = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const reader = await generateKeyPair('ECDH-ES', { crv: 'X25519' });
    const seal = async () => {
      const signed = await new CompactSign(data).setProtectedHeader({ alg: 'EdDSA' }).sign(sender.privateKey);
      return new CompactEncrypt(encoder.encode(signed))
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
        .encrypt(reader.publicKey);
    };
    const message = await seal();
    const open = async () => {
      const { plaintext } = await compactDecrypt(message, reader.privateKey);
      return (await compactVerify(plaintext, sender.publicKey)).payload;
    };
    return { seal, open };
  };
}
