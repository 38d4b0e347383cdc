/** Asks the backend to play an attack. See `contract.ts`. */
import { BackendError } from '../../backend/backend-error.ts';
import { type AttackAnswer, type AttackName, type AttackRequest, isAttackName } from './contract.ts';

/** What this backend can play; undefined where it has no such routes, as with the real Twilio. */
export async function fetchAttacks(): Promise<readonly AttackName[] | undefined> {
  const answer = await fetch('/demo/attack').catch(() => undefined);
  if (!answer?.ok) return undefined;
  const body: unknown = await answer.json().catch(() => undefined);
  const names = typeof body === 'object' && body !== null && 'attacks' in body ? body.attacks : undefined;
  return Array.isArray(names) ? names.filter(isAttackName) : undefined;
}

/** @throws BackendError */
export async function playAttack(name: AttackName, request: AttackRequest): Promise<AttackAnswer> {
  const answer = await fetch(`/demo/attack/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
  }).catch((cause: unknown) => {
    throw new BackendError('The backend does not answer.', { cause });
  });
  const body = (await answer.json().catch(() => ({}))) as AttackAnswer & { readonly message?: unknown };
  if (answer.ok) return body;
  const reason: unknown = body.message;
  throw new BackendError(typeof reason === 'string' ? reason : 'The backend could not play this attack.', {
    status: answer.status,
  });
}
