/** `NAME=value` lines that `sh`, dotenv and Node's own reader take alike, which is why they hold plain values only. */
import { cliError } from './errors.ts';

export function formatEnv(values: Readonly<Record<string, string>>): string {
  for (const [name, value] of Object.entries(values)) {
    if (!/^[\w+/=:.[\]-]+$/.test(value)) {
      throw cliError('cli/unplain-value', `${name} is empty or has characters that a shell would read`, 'correct it');
    }
  }
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}
