import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type KnownAnswers, knownAnswersSuite } from '@sotto/testing/known-answers-suite';
import { nobleProvider } from './provider/noble.ts';
import { nodeProvider } from './provider/node.ts';
import { createWebProvider } from './provider/web.ts';

const file = new URL('../../../vectors/formats/known-answers.json', import.meta.url);
const known = JSON.parse(readFileSync(file, 'utf8')) as KnownAnswers;

knownAnswersSuite(nodeProvider, known);
knownAnswersSuite(await createWebProvider(webcrypto), known);
knownAnswersSuite(nobleProvider, known);
