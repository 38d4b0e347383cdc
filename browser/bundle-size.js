// node browser/bundle-size.js [--record]: what is in the bundle that registers, encrypts and decrypts, beside what was recorded.
// With --record it becomes what later ones are compared with.
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
if (process.argv.includes('--record')) writeFileSync(RECORD_FILE, `${JSON.stringify(record, null, 2)}\n`);
