import * as core from '@sotto/core';
import { createWebProvider } from '@sotto/core/web';
import { createOurs } from '../../sides/ours.js';

export const create = async () => createOurs({ core, provider: await createWebProvider(globalThis.crypto) });
