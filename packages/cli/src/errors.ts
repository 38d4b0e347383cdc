/** What the command itself refuses: what is wrong and the way out, in one line of lower case. */
import { type ErrorFamily, SdkError } from '@sotto/core';

const FAMILIES = {
  'cli/port-in-use': 'usage',
  'cli/already-running': 'usage',
  'cli/no-data': 'usage',
  'cli/no-application': 'usage',
  'cli/which-application': 'usage',
  'cli/unknown-app-key': 'usage',
  'cli/file-exists': 'usage',
  'cli/unplain-value': 'usage',
  'cli/damaged-file': 'storage',
  'cli/unreadable-file': 'usage',
  'cli/unwritable-file': 'usage',
  'cli/no-key-in-file': 'usage',
  'cli/open-key-file': 'usage',
  'cli/too-large': 'usage',
  'cli/binary-to-terminal': 'usage',
  'cli/no-regular-file': 'usage',
  'cli/no-reader': 'usage',
  'cli/short-passphrase': 'usage',
  'cli/same-database': 'usage',
  'cli/which-document': 'usage',
  'cli/no-document-id': 'validation',
  'cli/unknown-format': 'validation',
  'cli/bad-signature': 'crypto',
  'cli/other-reader': 'crypto',
  'cli/other-service': 'crypto',
} as const satisfies Record<string, ErrorFamily>;

export type CliErrorCode = keyof typeof FAMILIES;

export function cliError(code: CliErrorCode, problem: string, wayOut: string, cause?: unknown): SdkError {
  return new SdkError({ code, family: FAMILIES[code], message: `${problem}; ${wayOut}`, cause });
}

/** A handler for `catch` that words "address in use" with the way out, and passes on everything else. */
export function explainPortInUse(port: number, command: string): (error: unknown) => never {
  return (error) => {
    if (!isAddressInUse(error)) throw error;
    const wayOut = `stop what runs there or choose another: ${command}`;
    throw cliError('cli/port-in-use', `port ${port} is in use`, wayOut, error);
  };
}

/** As the system says it, or as the cause of an error of the service. */
function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && (('code' in error && error.code === 'EADDRINUSE') || isAddressInUse(error.cause));
}
