// What can be told of the official client's cards, keys and errors to the process that drives it.

export function describeCard(client, { id, identity, publicKey, createdAt, isOutdated, previousCardId, previousCard }) {
  return {
    id,
    identity,
    publicKey: exportKey(client, publicKey),
    createdAt,
    isOutdated,
    previousCardId,
    previousCard: previousCard && describeCard(client, previousCard),
  };
}

export function exportKey(client, publicKey) {
  return client.virgilCrypto.exportPublicKey(publicKey).toString('hex');
}

export function describeError(error) {
  const { name, message, stack, identity, identities, lookupResult, httpStatus, errorCode, code } = error;
  const isTypeError = error instanceof TypeError;
  return {
    name,
    message,
    stack,
    identity,
    identities,
    isTypeError,
    httpStatus,
    errorCode,
    code,
    lookupResult:
      lookupResult && mapValues(lookupResult, (value) => (value instanceof Error ? { name: value.name } : 'a key')),
  };
}

export function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
