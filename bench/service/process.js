/** The service as an operator runs it: a process of its own, on a free port, over a folder that is gone afterwards. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bytesToBase64, generateKeyPair, issueToken } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { createApplication, createAppKey, databaseFile, openStore } from '@sotto/service';

/** Starts the service that is built in `folder`, and makes an application in it. */
export async function startServiceProcess(folder) {
  const dataDir = mkdtempSync(join(tmpdir(), 'sotto-bench-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const environment = { SOTTO_DATA_DIR: dataDir };
  const service = await spawnService(folder, environment);
  const file = databaseFile(dataDir);
  return {
    ...service,
    environment,
    file,
    secretsDir: join(dataDir, 'secrets'),
    app: await createApp(file),
    async close() {
      await service.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A process that is gone when this one is. Its clients have one address, and no limit. */
export async function spawnService(folder, environment) {
  const began = performance.now();
  const child = spawn(process.execPath, [join(folder, 'packages/service/dist/main.js')], {
    env: {
      ...process.env,
      SOTTO_PORT: '0',
      SOTTO_LOG_LEVEL: 'info',
      SOTTO_RATE_ADDRESS: 'off',
      SOTTO_RATE_IDENTITY: 'off',
      SOTTO_RATE_APPLICATION: 'off',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const { url, servicePublicKey } = await readStart(child);
  return {
    url,
    servicePublicKey,
    /** From the start of the process until it listens. */
    startMilliseconds: performance.now() - began,
    readMemory: () => readMemory(child.pid),
    async close() {
      const exited = once(child, 'exit');
      if (child.kill('SIGTERM')) await exited;
    },
  };
}

/** Bytes that the process holds now, and held at most. Linux says so. */
function readMemory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name) => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]);
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** What the service logs when it listens. Later lines are read and dropped, or it would wait for somebody to read them. */
async function readStart(child) {
  const lines = createInterface({ input: child.stdout });
  const start = await new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const entry = JSON.parse(line);
      if (entry.url !== undefined) resolve(entry);
    });
    lines.on('close', () => reject(new Error('the service ended before it listened')));
  });
  return start;
}

async function createApp(file) {
  const store = await openStore({ file });
  const { privateKey: appKey, publicKey } = await generateKeyPair(nodeProvider);
  const { appId } = await createApplication(store, { name: 'bench' });
  const key = { appId, name: 'bench', publicKey: bytesToBase64(publicKey.exportDer()) };
  const { appKeyId } = await createAppKey(store, key);
  await store.close();
  let tokens = 0;
  return {
    appId,
    /** No two alike, as the service does not verify a token again that it knows, and on one side users come more often than on the other. */
    token: (identity) =>
      issueToken(nodeProvider, {
        appId,
        appKeyId,
        appKey,
        identity,
        issuedAt: Math.floor(Date.now() / 1000),
        ttlSeconds: 24 * 3600 + (tokens++ % 3600),
      }),
  };
}
