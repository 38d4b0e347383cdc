/**
 * What errors of the formats and of the emulator are called at the command line, where their own words speak of calls and arguments. Only data, so that
 * whoever words an error need not load what threw it.
 */

type Details = Readonly<Record<string, unknown>>;

/** By code. Of `details`, which may hold names of the document, only what the command line said itself is repeated. */
export const REFUSALS: Readonly<Record<string, (details: Details) => string>> = {
  'encoding/base64': () => 'not base64 that is whole; check that nothing of it is missing',
  'envelope/not-a-recipient': () => 'the message is for other keys than --key; sotto inspect says for which',
  'envelope/not-signed': () => 'the message is not signed: anybody may have written it; sotto inspect says what it is',
  'envelope/other-signer': () => 'the message was signed by somebody else than --from; sotto inspect says what it is',
  'envelope/undecryptable': () =>
    'the message cannot be decrypted: it was altered, or made for another key; ask for it again',
  'envelope/malformed': () => 'not an encrypted message, or only a part of one; check that it came whole',
  'stream/wrong-size': () =>
    'the input has more or fewer bytes than were announced; leave the file as it is, or correct --size',
  'stream/changed': () => 'the input changed while it was read; leave it as it is, and use nothing of what came out',
  'field/not-a-reader': () => 'no field is encrypted for --key; sotto inspect says for whom they are',
  'field/other-author': () => 'the document was signed by somebody else than --from; do not use it',
  'field/other-document': () => 'the fields were encrypted for another document id; do not use them here',
  'field/expiry': () => '--expires is not in the future; choose a later date',
  'field/not-found': ({ path }) =>
    `the document has nothing at ${String(path)}, which would have stayed plain; correct --field`,
  'field/path': ({ path }) => `${String(path)} is no path; write visits[*].note, or /visits/*/note`,
  'field/malformed': () =>
    'the document has no encrypted fields that are as they were written; check that it came whole',
  'field/already-encrypted': () => 'the document has encrypted fields already; decrypt it, then encrypt the whole',
  'field/overlap': () => 'two --field name one field, or one lies inside the other; name each field once',
  'emulator/insecure-host': () => 'the emulator is for this machine alone; --allow-remote lets others reach it',
  'emulator/file-in-use': () => 'another emulator uses the data folder; stop it, or give this one its own: --data DIR',
  'emulator/damaged-file': () => 'twilio.jsonl of the data folder cannot be read; remove it to begin with nothing',
  'json/unsupported-value': () =>
    'the document holds what JSON cannot say for certain; write it as text, or leave it out',
};
