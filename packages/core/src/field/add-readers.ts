/**
 * Letting more people read: whoever can read a set of fields passes its grant on, and the fields stay as they are. Taking a reader
 * out is another matter: they have the content key, so the document is encrypted anew, under a new one.
 */
import type { CryptoProvider } from '../provider/port.ts';
import { type OpenFieldsOptions, verifyDocument } from './decrypt-fields.ts';
import { HEAD, MAX_ENVELOPES, replaceFields, writeHead } from './document.ts';
import { type GrantReaders, sealGrant } from './envelope.ts';
import { fieldError } from './errors.ts';
import { findMatches, parsePath, toPointer } from './path.ts';

export interface AddReadersOptions extends OpenFieldsOptions, GrantReaders {
  /** Which fields they are to read, and with them all that have the same readers; every field that one reads unless given. */
  readonly paths?: readonly string[] | undefined;
}

/** A copy of the document that these readers can read, too. @throws as `decryptFields`, `field/not-found`, `envelope/no-recipients` */
export async function addReaders(
  provider: CryptoProvider,
  { readers, identifiers, paths, ...options }: AddReadersOptions,
): Promise<Record<string, unknown>> {
  const { document, head, fields, grants } = await verifyDocument(provider, options);
  const wanted = paths ? setsOf(document, fields, paths) : new Set(grants.keys());
  const sets = await Promise.all(
    head.sets.map(async (set, index) => {
      if (!wanted.has(index)) return set;
      const grant = grants.get(index);
      if (!grant) throw fieldError('field/not-a-reader');
      if (set.envelopes.length === MAX_ENVELOPES) throw fieldError('field/too-many');
      return { ...set, envelopes: [...set.envelopes, await sealGrant(provider, grant, { readers, identifiers })] };
    }),
  );
  return { ...replaceFields(document, new Map()), [HEAD]: writeHead({ ...head, sets }) };
}

/** The sets of the fields that the paths lead to. */
function setsOf(
  document: Record<string, unknown>,
  fields: readonly { readonly pointer: string; readonly set: number }[],
  paths: readonly string[],
): Set<number> {
  const setsByPointer = new Map(fields.map(({ pointer, set }) => [pointer, set]));
  return new Set(
    paths.flatMap((path) => {
      const found = findMatches(document, parsePath(path)).flatMap(
        ({ location }) => setsByPointer.get(toPointer(location)) ?? [],
      );
      if (found.length === 0) throw fieldError('field/not-found', { details: { path } });
      return found;
    }),
  );
}
