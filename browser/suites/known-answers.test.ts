/** The known answers of the official packages, over Chromium's Web Crypto and without it. */
import { nobleProvider } from '@sotto/core/noble';
import { createWebProvider, type WebCrypto } from '@sotto/core/web';
import { type KnownAnswers, knownAnswersSuite } from '@sotto/testing/known-answers-suite';
import known from '../../vectors/formats/known-answers.json' with { type: 'json' };

const answers = known as unknown as KnownAnswers;

knownAnswersSuite(await createWebProvider(globalThis.crypto as unknown as WebCrypto), answers);
knownAnswersSuite(nobleProvider, answers);
