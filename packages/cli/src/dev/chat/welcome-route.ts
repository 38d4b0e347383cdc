/**
 * `GET /demo/welcome` tells of the room in which bob waits; `POST /demo/welcome` with `{"identity"}` has him let somebody in, as a
 * conversation of Twilio can be entered by nobody whom it does not know.
 */
import { demoError } from './errors.ts';
import { type Peer, WELCOME_ROOM } from './peer/peer.ts';
import { answerJson, checkOwnPage, readOwnJson, type Route } from './routes.ts';

export interface WelcomeAnswer {
  /** Unique name of the room. */
  readonly room: string;
  readonly peer: string;
}

export interface WelcomedAnswer extends WelcomeAnswer {
  readonly sid: string;
}

const PATH = '/demo/welcome';
const MAX_IDENTITY_CHARACTERS = 256;

/** @param findPeer gives bob, once he is there; undefined where he cannot be */
export function welcomeRoute(findPeer: () => Promise<Peer | undefined>): Route {
  const requirePeer = async (): Promise<Peer> => {
    const present = await findPeer();
    if (!present) throw demoError('demo/no-peer');
    return present;
  };
  return (request, url) => {
    if (url.pathname !== PATH) return undefined;
    if (request.method === 'GET') {
      return answerJson(async (): Promise<WelcomeAnswer> => {
        checkOwnPage(request, url);
        return { room: WELCOME_ROOM, peer: (await requirePeer()).identity };
      });
    }
    if (request.method !== 'POST') return undefined;
    return answerJson(async (): Promise<WelcomedAnswer> => {
      const { identity } = await readOwnJson(request, url);
      const isName = typeof identity === 'string' && identity !== '' && identity.length <= MAX_IDENTITY_CHARACTERS;
      if (!isName) throw demoError('demo/missing-field');
      const present = await requirePeer();
      return { room: WELCOME_ROOM, peer: present.identity, sid: await present.welcome(identity) };
    });
  };
}
