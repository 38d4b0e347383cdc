// In the page: measures one job of the files suite.
import * as core from '@sotto/core';
import * as stream from '@sotto/core/stream';
import { createWebProvider } from '@sotto/core/web';
import { timeSides } from '../../kit/interleave.js';
import { createWebFilesFloor } from '../../sides/files-floor-web.js';
import { createOurFiles } from '../../sides/files-ours.js';
import { prepareFileJob } from '../../suites/file-jobs.js';

const provider = await createWebProvider(globalThis.crypto);
const sides = { ours: await createOurFiles({ core, stream, provider }), floor: await createWebFilesFloor() };

globalThis.measureFileJob = async ({ job, options }) => timeSides(await prepareFileJob(job, sides), options);
