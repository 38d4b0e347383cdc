/** Errors as Twilio's JSON. What is no refusal is ours to mend: it is told, and the caller hears 500. */
import { TwilioRefusal } from './errors.ts';

export function refuse(error: unknown, onError: (error: unknown) => void): Response {
  if (!(error instanceof TwilioRefusal)) onError(error);
  const refusal = error instanceof TwilioRefusal ? error : new TwilioRefusal(20500);
  const headers = refusal.status === 401 ? { 'WWW-Authenticate': 'Basic realm="Twilio API"' } : undefined;
  return Response.json(refusal.toBody(), { status: refusal.status, ...(headers && { headers }) });
}
