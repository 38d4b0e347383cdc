/** Whether values are within the limits. Each throws a TwilioRefusal that names the field, never its value. */
import { TwilioRefusal } from '../errors.ts';
import type { ChatService } from './service.ts';

export function checkName(service: ChatService, name: string | null | undefined, field: string): void {
  if ((name?.length ?? 0) > service.limits.nameCharacters) throw new TwilioRefusal(20001, `${field} is too long`);
}

export function checkIdentity(service: ChatService, identity: string): void {
  if (identity === '') throw new TwilioRefusal(20001, 'identity is empty');
  checkName(service, identity, 'identity');
}

/** JSON text, any value. */
export function checkAttributes(attributes: string | undefined, maxBytes: number): void {
  if (attributes === undefined) return;
  if (Buffer.byteLength(attributes) > maxBytes) throw new TwilioRefusal(20001, 'attributes are too long');
  try {
    JSON.parse(attributes);
  } catch {
    throw new TwilioRefusal(20001, 'attributes are no JSON');
  }
}

/** @throws TwilioRefusal 50504 */
export function checkBody(service: ChatService, body: string | null | undefined): void {
  if (Buffer.byteLength(body ?? '') > service.limits.bodyBytes) throw new TwilioRefusal(50504);
}
