/** Header names of the contract, as they are written; HTTP compares them without regard to case. */
export const HEADERS = {
  /** Which client is calling. Statistics only: a request is never refused over it. */
  agent: 'Virgil-Agent',
  /** `true` on the answer to a card that was replaced or revoked. Spelt as the clients expect it. */
  isSuperseded: 'X-Virgil-Is-Superseeded',
  keyknoxHash: 'Virgil-Keyknox-Hash',
  keyknoxPreviousHash: 'Virgil-Keyknox-Previous-Hash',
  /** Minted by the service for each request; the same id is in its log. */
  requestId: 'X-Request-Id',
} as const;

/** `Authorization: Virgil <token>`. */
export const TOKEN_SCHEME = 'Virgil';
