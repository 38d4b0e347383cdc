/** Another format: signed by Ed25519, then in a sealed box for one reader. libsodium, WebAssembly. */
import sodium from 'libsodium-wrappers';

export async function createLibsodium() {
  await sodium.ready;
  return async ({ data }) => {
    const sender = sodium.crypto_sign_keypair();
    const reader = sodium.crypto_box_keypair();
    const seal = () => sodium.crypto_box_seal(sodium.crypto_sign(data, sender.privateKey), reader.publicKey);
    const message = seal();
    const open = () =>
      sodium.crypto_sign_open(
        sodium.crypto_box_seal_open(message, reader.publicKey, reader.privateKey),
        sender.publicKey,
      );
    return { seal, open };
  };
}
