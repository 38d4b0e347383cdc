/** `GET /demo/attack` and `POST /demo/attack/<name>`: the attacks, for the page of this origin. */
import { EmulatorError, TwilioRefusal } from '@sotto/twilio-emulator';
import { demoError } from '../errors.ts';
import { answerJson, checkOwnPage, readOwnJson, type Route } from '../routes.ts';
import type { Attacks } from './attacks.ts';
import { ATTACK_NAMES, type AttackAnswer, type AttackRequest, isAttackName } from './contract.ts';

const PATH = '/demo/attack';
const FIELDS = ['room', 'message', 'author', 'text', 'into', 'reader', 'identity'] as const;
const MAX_FIELD_CHARACTERS = 2000;

export function attackRoute(attacks: Attacks): Route {
  return (request, url) => {
    if (request.method === 'GET' && url.pathname === PATH) {
      return answerJson(async () => {
        checkOwnPage(request, url);
        return { attacks: ATTACK_NAMES };
      });
    }
    if (request.method !== 'POST' || !url.pathname.startsWith(`${PATH}/`)) return undefined;
    return answerJson(() => play(attacks, request, url));
  };
}

async function play(attacks: Attacks, request: Request, url: URL): Promise<AttackAnswer> {
  const body = await readOwnJson(request, url);
  const name = url.pathname.slice(PATH.length + 1);
  if (!isAttackName(name)) throw demoError('demo/unknown-attack');
  try {
    return await attacks[name](readFields(body));
  } catch (cause) {
    if (cause instanceof EmulatorError) throw demoError('demo/unknown-target', { cause });
    if (cause instanceof TwilioRefusal) throw demoError('demo/impossible', { cause });
    throw cause;
  }
}

function readFields(body: Readonly<Record<string, unknown>>): AttackRequest {
  const fields = FIELDS.flatMap((name) => {
    const value = body[name];
    if (value === undefined) return [];
    if (typeof value !== 'string' || value.length > MAX_FIELD_CHARACTERS) throw demoError('demo/missing-field');
    return [[name, value] as const];
  });
  return { room: '', ...Object.fromEntries(fields) };
}
