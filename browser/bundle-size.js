// node browser/bundle-size.js [--record]: what is in the bundle that registers, encrypts and decrypts, beside what was recorded, and what
// encrypted chat over Twilio adds to it and a service worker needs. With --record it becomes what later ones are compared with.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endInterrupted, onStopSignal } from '../tools/command.js';
import { build } from '../tools/prepare.js';
import { describeRecord, readRecord, RECORD_FILE, toRecord } from './stories/kit/bundle-size.js';
import { weighApp } from './stories/kit/bundle.js';
import { createProject } from './stories/kit/project.js';

onStopSignal(endInterrupted);
const folder = mkdtempSync(join(tmpdir(), 'sotto-bundle-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

await build();
await createProject(folder);
const record = toRecord(await weighApp(join(folder, 'size')));
console.log(describeRecord(record, readRecord()));
const weigh = async (app) => toRecord(await weighApp(join(folder, app))).gzip;
console.log(
  `\nencrypted chat over Twilio adds ${(await weigh('size-chat')) - record.gzip} bytes after gzip, without the SDK`,
);
console.log(`openPush with the stores of a page is ${await weigh('size-push')} bytes after gzip`);
if (process.argv.includes('--record')) writeFileSync(RECORD_FILE, `${JSON.stringify(record, null, 2)}\n`);
