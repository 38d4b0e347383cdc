// Hands the client to whoever drives the page.
import * as kit from '@virgilsecurity/e3kit';
import { fetchToken } from './fetch-token.js';

globalThis.kit = kit;

/** Opens the client of `identity`, with tokens from the sample backend. */
globalThis.openDevice = ({ identity, backendUrl, ...options }) =>
  kit.EThree.initialize(() => fetchToken(identity, backendUrl), options);

globalThis.fetchToken = fetchToken;
