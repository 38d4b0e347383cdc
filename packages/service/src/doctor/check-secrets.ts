/** Checks of the secrets: whether they are there, readable by their owner alone, and those of the database. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isSdkError } from '@sotto/core';
import {
  type AllSecrets,
  type AllSecretsLocation,
  describeSecrets,
  readAllSecrets,
  SECRET_FILES,
} from '../backup/secrets.ts';
import { BRAIN_KEY_FACT } from '../brain-key-secret.ts';
import { secretsFolder } from '../secrets.ts';
import { findFact } from '../store/installation-facts.ts';
import type { OpenDatabase } from '../store/open-as-is.ts';
import { findServiceKeyId } from '../store/overview.ts';
import { checkMode } from './check-database.ts';
import { type Finding, notChecked, ok, problem, warning } from './finding.ts';

export async function checkSecrets(
  location: AllSecretsLocation,
): Promise<{ readonly findings: readonly Finding[]; readonly secrets: AllSecrets | undefined }> {
  const modes = filesOf(location)
    .filter(existsSync)
    .map((file) => checkMode('secret files', file, 'a secret'));
  const bad = modes.find(({ state }) => state === 'problem') ?? modes[0];
  const findings = bad === undefined ? [] : [bad];
  try {
    const secrets = await readAllSecrets(location);
    const says = `service key ${secrets.serviceKey.keyId}, number ${secrets.serviceKey.chain.length} of its chain`;
    return { findings: [ok('secrets', says), ...findings], secrets };
  } catch (error) {
    return { findings: [problem('secrets', wordsOf(error)), ...findings], secrets: undefined };
  }
}

/** Whether the secrets are those of the database. */
export async function checkBelonging(database: OpenDatabase, secrets: AllSecrets | undefined): Promise<Finding[]> {
  return [await checkServiceKey(database, secrets), await checkBrainKeySecret(database, secrets)];
}

async function checkServiceKey({ reader }: OpenDatabase, secrets: AllSecrets | undefined): Promise<Finding> {
  const check = 'service key';
  if (secrets === undefined) return notChecked(check, 'the secrets cannot be read');
  const activeId = await findServiceKeyId(reader);
  if (activeId === undefined) return notChecked(check, 'the database has not been served yet by this release');
  if (activeId === secrets.serviceKey.keyId) return ok(check, 'is the one that signs');
  return activeId === secrets.nextServiceKey?.keyId
    ? warning(
        check,
        'the one that signs is in service-key-next.pem still: let it take the place of service-key.pem, or sotto service-key announce will',
      )
    : problem(check, 'is not the one that signs: clients would refuse its cards. Use the files of a node that serves');
}

async function checkBrainKeySecret({ reader }: OpenDatabase, secrets: AllSecrets | undefined): Promise<Finding> {
  const check = 'brain-key secret';
  if (secrets === undefined) return notChecked(check, 'the secrets cannot be read');
  const expected = await findFact(reader, BRAIN_KEY_FACT);
  if (expected === undefined) return notChecked(check, 'the database has not been served yet');
  return expected === describeSecrets(secrets).brainKeyFingerprint
    ? ok(check, 'is that of the database')
    : problem(
        check,
        'is another than that of the database: restore the one that belongs to it, or no backup of a user opens',
      );
}

function filesOf(location: AllSecretsLocation): string[] {
  const folder = secretsFolder(location);
  return [
    location.serviceKeyFile ?? join(folder, 'service-key.pem'),
    location.brainKeySecretFile ?? join(folder, 'brain-key-secret'),
  ];
}

/** Without the paths that the messages of a start name. */
function wordsOf(error: unknown): string {
  if (isSdkError(error, 'secrets/mismatch')) {
    return 'the service key is no key of its chain: restore the files that belong together';
  }
  if (!isSdkError(error, 'secrets/unreadable')) throw error;
  const name = SECRET_FILES.find((file) => error.message.includes(file)) ?? 'a secret';
  return `${name} is missing or cannot be read: check SOTTO_SECRETS_DIR and who may read there, or restore it from your backup`;
}
