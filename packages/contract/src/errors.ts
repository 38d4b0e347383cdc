/**
 * Every error the service answers with, once: a name for code and logs, the number on the wire, the HTTP status, and
 * what to do next. Numbers below 70000 are those that Virgil's clients know or have a name for; ours start at 70000.
 * Numbers are never given a second meaning. Names shared with `@sotto/core` mean the same fault.
 */

import { CARD_ID_TAKEN } from './cards.ts';

export interface ServiceError {
  /** The number in the body of the answer. */
  readonly code: number;
  /** 400 unless a client or HTTP itself expects another. Never 5xx for a fault of the client: some repeat those. */
  readonly status: number;
  readonly message: string;
}

export const SERVICE_ERRORS = {
  internal: {
    code: 10000,
    status: 500,
    message: 'The service failed. Try again; its operator finds the reason in the log.',
  },
  'entity/unknown': {
    code: 10001,
    status: 404,
    message: 'There is nothing by that id in this application. Check the id.',
  },

  'token/missing': {
    code: 20300,
    status: 401,
    message: 'Send a token: "Authorization: Virgil <token>".',
  },
  'token/malformed': {
    code: 20303,
    status: 400,
    message: 'The token cannot be read. Send it as your backend issued it.',
  },
  'token/wrong-header': {
    code: 20303,
    status: 400,
    message: 'The token header is wrong. It needs alg VEDS512, typ JWT, cty virgil-jwt;v=1 and the kid of an App Key.',
  },
  'token/wrong-claims': {
    code: 20303,
    status: 400,
    message:
      'The token body is wrong. It needs iss virgil-<App ID>, sub identity-<identity>, and iat and exp in whole seconds.',
  },
  'token/unknown-key': {
    code: 20303,
    status: 400,
    message:
      'No App Key by this id in that application, or it was revoked. Check APP_ID and APP_KEY_ID of your backend.',
  },
  'token/bad-signature': {
    code: 20303,
    status: 400,
    message:
      'The token was not signed by this App Key. Check that APP_KEY and APP_KEY_ID of your backend belong together.',
  },
  'token/expired': { code: 20304, status: 401, message: 'The token has expired. Fetch a new one from your backend.' },

  'card/not-owner': {
    code: 40032,
    status: 400,
    message: 'Only the owner of a card can revoke it. Use a token of its identity.',
  },
  'card/identity-mismatch': {
    code: 40034,
    status: 400,
    message: 'The identity of the card is not that of the token. Publish with a token of the same identity.',
  },
  'keyknox/wrong-previous-hash': {
    code: 50010,
    status: 400,
    message:
      'The value was changed in the meantime, or is there already. Pull it, and push with the hash that comes with it.',
  },
  'ratchet-keys/none': {
    code: 50017,
    status: 400,
    message: 'This user has no ratchet keys here. They are uploaded first.',
  },
  'keyknox/no-identities': {
    code: 50021,
    status: 400,
    message: 'No identities are named. Name at least one that is to read the value.',
  },
  'brain-key/too-many-guesses': {
    code: 60007,
    status: 429,
    message: 'This user has asked for a brain key too often. Wait as long as Retry-After says, then try again.',
  },

  'route/unknown': { code: 70000, status: 404, message: 'There is no such path here. See /openapi.json.' },
  'route/method-not-allowed': {
    code: 70001,
    status: 405,
    message: 'This path does not take that method. See /openapi.json.',
  },
  'request/malformed': {
    code: 70002,
    status: 400,
    message: 'This is not a request that HTTP allows. Check what sends it.',
  },
  'request/headers-too-large': { code: 70003, status: 431, message: 'The headers are too large. Use a shorter token.' },
  'request/too-slow': { code: 70004, status: 408, message: 'The request did not arrive in time. Try again.' },
  'request/cut-off': { code: 70005, status: 400, message: 'The request ended before its body did. Try again.' },
  'body/too-large': {
    code: 70006,
    status: 413,
    message: 'The body is too large. Send less at a time; /.well-known/sotto has the limits.',
  },
  'body/not-utf8': { code: 70007, status: 400, message: 'The body is not valid UTF-8. Encode it as UTF-8.' },
  'body/not-json': { code: 70008, status: 400, message: 'The body is not JSON. Send a JSON object.' },
  'body/wrong-shape': { code: 70009, status: 400, message: 'The body has not the expected shape. See /openapi.json.' },
  'service/not-ready': { code: 70010, status: 503, message: 'The service is not ready. Try again shortly.' },
  'service/too-slow': {
    code: 70011,
    status: 503,
    message: 'The service did not finish in time. Look whether it was done, or try again.',
  },
  'body/not-base64': {
    code: 70012,
    status: 400,
    message: 'A member that holds bytes is not base64 with padding (RFC 4648 §4). Encode it so.',
  },
  'identity/wrong': {
    code: 70013,
    status: 400,
    message:
      'Nothing can be stored for the identity of the token: it is too long, or has a zero byte or half a character. Choose another.',
  },
  'service/busy': {
    code: 70014,
    status: 503,
    message: 'Too much is asked at once. Wait as long as Retry-After says, then try again.',
  },
  'service/full': {
    code: 70015,
    status: 507,
    message: 'The service has no room left to store this; nothing was changed. Its operator has to make room.',
  },
  'request/too-many': {
    code: 70016,
    status: 429,
    message: 'Too many requests. Wait as long as Retry-After says, then try again.',
  },

  'card/malformed': {
    code: 71000,
    status: 400,
    message:
      'The card cannot be read. Its snapshot is base64 of UTF-8 JSON with identity, public_key, version "5.0" and created_at.',
  },
  'card/wrong-identity': {
    code: 71001,
    status: 400,
    message:
      'No directory can hold this identity: it is too long, or has a zero byte or half a character. Choose another.',
  },
  'card/unsupported-key': {
    code: 71002,
    status: 400,
    message: 'The public key is of no supported kind. Publish an Ed25519 key.',
  },
  'card/cannot-sign': {
    code: 71003,
    status: 400,
    message:
      'The public key cannot verify signatures, so nobody could check this card. Publish a key that signs, such as Ed25519.',
  },
  'card/missing-self-signature': {
    code: 71004,
    status: 400,
    message: 'The signature "self" is missing. Sign the snapshot with the private key of the card.',
  },
  'card/bad-self-signature': {
    code: 71005,
    status: 400,
    message: 'The signature "self" is wrong. Sign the exact bytes of the snapshot with the private key of the card.',
  },
  'card/duplicate-signer': {
    code: 71006,
    status: 400,
    message: 'Two signatures have one signer. Send each signer once.',
  },
  'card/reserved-signer': {
    code: 71007,
    status: 400,
    message: 'The signer "virgil" is the service itself. Leave that signature out.',
  },
  'card/id-taken': {
    code: CARD_ID_TAKEN,
    status: 400,
    message: 'A card with exactly this content was published before. If the answer to it was lost, look the card up.',
  },
  'card/previous-unknown': {
    code: 71009,
    status: 400,
    message: 'There is no card by the id in previous_card_id. Search for the current card and replace that one.',
  },
  'card/previous-not-own': {
    code: 71010,
    status: 400,
    message:
      'The card named in previous_card_id is of another identity. A card can only replace one of its own identity.',
  },
  'card/previous-replaced': {
    code: 71011,
    status: 400,
    message:
      'The card named in previous_card_id was replaced already. Search for the current card and replace that one.',
  },
  'card/previous-revoked': {
    code: 71012,
    status: 400,
    message: 'The card named in previous_card_id was revoked. Publish a card without previous_card_id.',
  },

  'keyknox/too-many-participants': {
    code: 71100,
    status: 400,
    message: 'The record would have more participants than one may have. Remove some, or begin another record.',
  },
  'keyknox/too-many-records': {
    code: 71101,
    status: 400,
    message: 'This user stores as many records as one may. Reset those that are no longer needed.',
  },
  'keyknox/too-many-bytes': {
    code: 71102,
    status: 400,
    message: 'This user stores as many bytes as one may. Reset what is no longer needed, or store less.',
  },
  'keyknox/application-full': {
    code: 71103,
    status: 400,
    message:
      'The users of this application store as many bytes as it may. Ask the operator of the service to raise the quota.',
  },

  'brain-key/bad-point': {
    code: 71200,
    status: 400,
    message: 'The blinded password is not a point of the curve in the expected form. Blind the password again.',
  },

  'ratchet-keys/no-identity-card': {
    code: 71300,
    status: 400,
    message: 'The first upload names the card whose key has signed the long-term key: send identity_card_id.',
  },
  'ratchet-keys/card-unknown': {
    code: 71301,
    status: 400,
    message: 'There is no card by the id in identity_card_id. Publish it first.',
  },
  'ratchet-keys/card-not-own': {
    code: 71302,
    status: 400,
    message: 'The card named in identity_card_id is of another identity. Name a card of the identity of the token.',
  },
  'ratchet-keys/card-revoked': {
    code: 71303,
    status: 400,
    message: 'The identity card of these keys was revoked. Publish a card, and upload new keys under it.',
  },
  'ratchet-keys/no-long-term-key': {
    code: 71304,
    status: 400,
    message: 'There is no long-term key under this identity card yet. Send long_term_key too.',
  },
  'ratchet-keys/bad-signature': {
    code: 71305,
    status: 400,
    message: 'The signature of the long-term key is wrong. Sign its DER with the private key of the identity card.',
  },
  'ratchet-keys/too-many': {
    code: 71306,
    status: 400,
    message: 'This user stores as many one-time keys as one may. Upload more when some were handed out.',
  },

  'application/unknown': {
    code: 72000,
    status: 404,
    message: 'There is no application by that id. List the applications.',
  },
  'application/wrong-name': { code: 72001, status: 400, message: 'A name has 1 to 100 characters. Choose another.' },
  'app-key/unknown': {
    code: 72002,
    status: 404,
    message: 'There is no App Key by that id in this application. List its keys.',
  },
  'app-key/malformed': {
    code: 72003,
    status: 400,
    message: 'The public key of the App Key cannot be read. Give base64 of the DER of a public key.',
  },
  'app-key/cannot-sign': {
    code: 72004,
    status: 400,
    message: 'This kind of key cannot sign tokens. Make an Ed25519 key.',
  },
} as const satisfies Readonly<Record<string, ServiceError>>;

export type ServiceErrorName = keyof typeof SERVICE_ERRORS;

/** The body of every answer from 400 up. */
export interface ErrorResponse {
  code: number;
  message: string;
}

export function isServiceErrorName(name: string): name is ServiceErrorName {
  return Object.hasOwn(SERVICE_ERRORS, name);
}
