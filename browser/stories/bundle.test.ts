/** What an app's users download: the bundle that registers, encrypts and decrypts. */
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { describeRecord, LIMIT_BYTES, readRecord, toRecord } from './kit/bundle-size.js';
import { weighApp } from './kit/bundle.js';
import './kit/setup.ts';

let weight: Awaited<ReturnType<typeof weighApp>>;

beforeAll(async () => {
  weight = await weighApp(join(inject('project').folder, 'size'));
});

const initialCode = () => weight.initial.map(({ code }) => code).join('\n');
const allCode = () => [...weight.initial, ...weight.later].map(({ code }) => code).join('\n');

describe('the client in a bundle', () => {
  it.each([
    'article',
    'quickstart',
    'several-devices',
    'group-chat',
    'photo-sharing',
    'patient-record',
    'sensor-fleet',
    'twilio-chat',
    'client',
  ] as const)('is made by Vite without settings and without a warning: %s', (app) => {
    expect(inject('project').bundles[app].warnings).toEqual([]);
  });

  it('has nothing of Node in it', () => {
    expect(allCode()).not.toMatch(/node:|__vite-browser-external|\brequire\(|\bprocess\.|\bBuffer\./);
    expect(Object.keys(weight.bytesByModule).filter((name) => /\bnode[-.]/.test(name))).toEqual([]);
  });

  it('has neither WebAssembly nor code made from text', () => {
    expect(allCode()).not.toMatch(/WebAssembly|\beval\(|\bnew Function\b/);
  });

  it(`is at most ${LIMIT_BYTES / 1000} KB compressed`, () => {
    const record = toRecord(weight);
    expect(record.gzip, describeRecord(record, readRecord())).toBeLessThanOrEqual(LIMIT_BYTES);
  });

  it('is made up of the modules that the check knows', () => {
    const counted = Object.values(weight.bytesByModule).reduce((sum, bytes) => sum + bytes, 0);
    // The rest is what the bundler puts between modules.
    expect(counted / Buffer.byteLength(initialCode())).toBeGreaterThan(0.95);
  });
});
