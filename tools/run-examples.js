// node tools/run-examples.js: packs the client, installs it as its users do, and runs the examples on that.
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseEnv } from 'node:util';
import { endInterrupted, onStopSignal, root, runCommand } from './command.js';
import { npm, packPackage } from './pack.js';
import { build } from './prepare.js';
import { formatTally } from './tally.js';

const articleStatements = [
  "authenticate('alice')",
  'EThree.initialize(getVirgilToken)',
  'eThree.register()',
  'eThree.lookupPublicKeys([aliceUID, bobUID])',
  'eThree.encrypt(new ArrayBuffer(), publicKeys)',
  "eThree.encrypt('this text will be encrypted', publicKeys)",
  'eThree.lookupPublicKeys(bobUID)',
  'eThree.decrypt(encryptedData, publicKey)',
  'eThree.decrypt(encryptedText, publicKey)',
];

const typedProgram = `import { type Card, EThree, PublicKey } from '@virgilsecurity/e3kit';

export async function run(): Promise<string> {
  const eThree: EThree = await EThree.initialize(async () => 'token', { apiUrl: 'http://localhost:8080' });
  const card: Card = await eThree.findUsers('bob');
  const cards: Record<string, Card> = await eThree.findUsers(['bob']);
  const key: PublicKey = await eThree.lookupPublicKeys('bob');
  const bytes: Uint8Array = await eThree.authEncrypt(new Uint8Array(), cards);
  // @ts-expect-error bytes give bytes
  const text: string = await eThree.authEncrypt(bytes, card);
  // @ts-expect-error a name is no card
  await eThree.authEncrypt(text, 'bob');
  return eThree.decrypt(text, key);
}
`;

/** Guides in docs/guides, and what their programs say. */
const guides = [
  [
    'patient-record',
    [
      'stored: Ghent, born 1980, sotto:f1:…',
      'nurse: Ann Example, Coughs since a week, diagnosis: false',
      'doctor: J18.9 since 2026',
      'ward A: 10 patients, born 1964 in the mean',
      'ward B: 21 patients, born 1966 in the mean',
      'nurse: Coughs since a week; Better',
      'an old row put back: field/rolled-back',
      'a name out of another row: field/altered',
      'another ward: field/plain-altered',
      'another row: field/other-document',
      'pharmacist: Ann Example, 2 notes, diagnosis: false',
      'record.json: Ann Example',
      'exported: 31 records with names',
    ],
  ],
  [
    'sensor-fleet',
    [
      'device        readings                 latest                          bytes each  state   notes',
      'greenhouse-1  ####################     {"celsius":22.5,"humidity":41}  29 + 90     closed',
      'greenhouse-2  ###.################     {"celsius":22.5,"humidity":41}  29 + 63     closed  5 came late, series/repeated',
      'greenhouse-3  ####?? | ##############  {"celsius":22.5,"humidity":41}  29 + 60     closed  the session before was cut off',
      'greenhouse-4  ########                 {"celsius":22.5,"humidity":53}  29 + 57     SILENT  series/forked-session, series/unknown-session',
      'greenhouse-5  ####??                   {"celsius":21.5,"humidity":55}  29 + 46     SILENT',
    ],
  ],
  [
    'photo-sharing',
    [
      'stored: application/octet-stream',
      'opened: Beach.jpg, image/jpeg, 3000000 bytes',
      'shared: Beach.jpg, 3000000 bytes',
      'cut off: stream/unverified',
      'streamed: 3000000 bytes',
      'stopped: AbortError',
    ],
  ],
  ['group-chat', ['Shall we meet on Friday?', 'Shall we meet on Friday?', 'group/outdated', 'Saturday is better']],
  ['several-devices', ['Welcome, Erin', 'Welcome, Erin', 'Welcome, Erin', 'Sorry about your laptop']],
  ['verify-a-peer', ['true', "Heidi's key was rotated; verified before: true", 'true']],
];

const temporary = mkdtempSync(join(tmpdir(), 'sotto-examples-'));
const article = join(temporary, 'article');
const quickstart = join(temporary, 'quickstart');
const twilioChat = join(temporary, 'twilio-chat');
const servers = [];
const tally = { passed: 0, failed: 0, skipped: 0 };

onStopSignal(endInterrupted);
process.on('exit', () => {
  for (const server of servers) server.kill('SIGKILL');
  rmSync(temporary, { recursive: true, force: true });
});

// Who has read a dev.env into the shell has these set, and they would win over those of the run.
delete process.env.API_URL;
delete process.env.BACKEND_URL;

await build();
await check('the README shows quickstart.js', () => checkShown('README.md', 'quickstart/quickstart.js'));
for (const [name] of guides) {
  await check(`the guide shows ${name}.js`, () => checkShown(`docs/guides/${name}.md`, `${name}/${name}.js`));
}
await check('article.js has the statements of the article, in their order', checkArticle);

const registry = await startOwnRegistry();
const tarball = await must('the same tree gives the same tarball', packTwice);
await must('the article installs it under the name of the official client', () => install(article, '--omit=optional'));
await check('that brings noble and nothing else', () => checkInstalled(article, ['@virgilsecurity/e3kit']));
await must('the quickstart installs it under its own name', () => install(quickstart));
await check('that brings the keychain too', () => checkInstalled(quickstart, ['@napi-rs/keyring', '@sotto/e3kit']));
await check('no registry is asked for what is ours', () => expectSame(registry.asked, []));
await check('require gives what import gives', checkRequire);
await check('its types resolve under nodenext', () => checkTypes({ module: 'nodenext', moduleResolution: 'nodenext' }));
await check('its types resolve under bundler', () => checkTypes({ module: 'esnext', moduleResolution: 'bundler' }));

const dev = await must('sotto dev starts', startDev);
await check('the quickstart runs', () => runQuickstart(dev.env));
await check('the quickstart runs again, with the keys that it has', () => runQuickstart(dev.env));
const records = await startRecords();
for (const [name, lines] of guides) {
  if (name === 'patient-record' && records === undefined) skip(`the guide ${name}: PostgreSQL is missing`);
  else await check(`the guide ${name} runs`, () => runGuide(name, lines, { ...dev.env, RECORDS_URL: records?.url }));
}
if (records !== undefined) await check('PostgreSQL ends well', records.close);
await must('the Twilio chat installs the client, its chat and the SDK', installTwilioChat);
await check('two terminals talk over Twilio', () => runTwilioChat(dev.env));
await checkTests('the article', () => runArticle(dev.env));
await check('the article runs again, with the keys that it has', () => runArticle(dev.env));
const backend = await must('the backend gives out tokens', () => startBackend(dev.env));
await check('the service takes the tokens of the backend', () =>
  runQuickstart({ ...dev.env, BACKEND_URL: backend.url }),
);
await check('sotto dev ends well', () => stop(dev.server));
finish();

function finish() {
  console.log(formatTally(tally));
  process.exit(tally.failed > 0 ? 1 : 0);
}

/** Does `task` and reports on it. Gives back whether it succeeded and what it gave. */
async function attempt(name, task) {
  const start = performance.now();
  try {
    const result = await task();
    report(name, true, ` ${((performance.now() - start) / 1000).toFixed(1)} s`);
    return { ok: true, result };
  } catch (error) {
    console.log(error.message);
    report(name, false);
    return { ok: false };
  }
}

async function check(name, task) {
  await attempt(name, task);
}

/** A check on which all that follow build: they are left out if it fails. */
async function must(name, task) {
  const { ok, result } = await attempt(name, task);
  return ok ? result : finish();
}

/** A check that consists of tests, each of which counts: `task` gives their titles. */
async function checkTests(name, task) {
  const { result = [] } = await attempt(`${name} runs`, task);
  for (const title of result) report(`${name}: ${title}`, true);
}

function skip(name) {
  tally.skipped += 1;
  console.log(`skipped ${name}`);
}

function report(name, ok, time = '') {
  tally[ok ? 'passed' : 'failed'] += 1;
  console.log(`${ok ? 'ok' : 'FAILED'} ${name}${time}`);
}

function expectSame(found, expected) {
  const [text, wanted] = [found, expected].map((value) => JSON.stringify(value));
  if (text !== wanted) throw new Error(`found    ${text}\nexpected ${wanted}`);
}

// What the examples say.

function checkShown(page, example) {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```js\n(.*?)^```$/gms);
  const shown = [...blocks].map(([, code]) => code);
  const code = readFileSync(join(root, 'examples', example), 'utf8');
  if (!shown.includes(code)) throw new Error(`${page} has no \`\`\`js block with the lines of ${example}.`);
}

function checkArticle() {
  const code = readFileSync(join(root, 'examples/article/article.js'), 'utf8');
  let end = 0;
  for (const statement of articleStatements) {
    const start = code.indexOf(statement, end);
    if (start === -1) throw new Error(`${statement} is missing, or stands before those that it follows.`);
    end = start + statement.length;
  }
}

// Packing and installing.

async function packTwice() {
  const { tarball, manifest } = await packPackage(temporary);
  const again = await packPackage(mkdtempSync(join(temporary, 'again-')));
  if (!readFileSync(tarball).equals(readFileSync(again.tarball))) throw new Error('Packed twice, it is not the same.');
  expectSame(manifest.scripts, undefined);
  return tarball;
}

/** Stands for the registry of our names: it has none of them, and remembers who was asked for. */
async function startOwnRegistry() {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(404).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, url: `http://127.0.0.1:${server.address().port}/` };
}

/** Installs an example in a copy of it that lies outside our tree, where nothing of ours can be found by chance. */
async function install(copy, ...options) {
  cpSync(join(root, 'examples', basename(copy)), copy, {
    recursive: true,
    // What a user of the example may have left there.
    filter: (path) => !/[/\\](node_modules|[.](?!npmrc)[^/\\]*|[^/\\]*[.]tgz)$/.test(path.slice(root.length)),
  });
  copyFileSync(tarball, join(copy, basename(tarball)));
  const scopes = ['@sotto', '@virgilsecurity'].map((scope) => `${scope}:registry=${registry.url}\n`);
  appendFileSync(join(copy, '.npmrc'), scopes.join(''));
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', ...options], copy);
}

/** Beside the client, which `install` puts there, its chat package, and the SDK from the registry. */
async function installTwilioChat() {
  mkdirSync(twilioChat);
  await packPackage(twilioChat, '@sotto/chat-twilio');
  await install(twilioChat);
}

/** Compares what npm installed with noble and `others`. The keychain's binary is named by the platform. */
function checkInstalled(copy, others) {
  const { packages } = JSON.parse(readFileSync(join(copy, 'node_modules/.package-lock.json'), 'utf8'));
  const names = Object.keys(packages).map((path) => path.replace('node_modules/', ''));
  const noble = ['@noble/ciphers', '@noble/curves', '@noble/hashes'];
  expectSame(names.filter((name) => !name.startsWith('@napi-rs/keyring-')).sort(), [...noble, ...others].sort());
  expectSame(
    Object.keys(packages).filter((path) => packages[path].hasInstallScript),
    [],
  );
}

async function checkRequire() {
  const name = '@virgilsecurity/e3kit';
  const code = `import('${name}').then(({ EThree }) => console.log(EThree === require('${name}').EThree));`;
  expectSame(await run('node', ['--eval', code], article), 'true');
}

async function checkTypes(modules) {
  const files = modules.module === 'nodenext' ? ['typed.ts', 'typed-commonjs.cts'] : ['typed.ts'];
  for (const file of files) writeFileSync(join(article, file), typedProgram);
  const compilerOptions = { strict: true, target: 'es2022', noEmit: true, types: [], ...modules };
  writeFileSync(join(article, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  await run('tsc', ['-p', article], article);
}

// Running.

/** Starts a server of ours; resolves with what it wrote once `ready` is in there. */
async function startServer({ args, env, ready }) {
  const server = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
  servers.push(server);
  let output = '';
  await new Promise((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (ready.test(output)) resolve();
      });
    }
    server.once('exit', (code) => reject(new Error(`${output}${args[0]} ended with ${code}.`)));
  });
  return { server, output };
}

async function stop(server) {
  server.kill('SIGTERM');
  expectSame(await once(server, 'exit'), [0, null]);
}

async function startDev() {
  const data = join(temporary, 'data');
  mkdirSync(data);
  const args = ['packages/cli/bin/sotto.js', 'dev', '--data', data, '--port=0', '--backend-port=0'];
  const { server } = await startServer({ args, ready: /dev\.env/ });
  return { server, env: parseEnv(readFileSync(join(data, 'dev.env'), 'utf8')) };
}

async function startBackend({ BACKEND_URL: _, ...env }) {
  const args = ['examples/backend/server.js'];
  const { output } = await startServer({ args, env: { ...env, PORT: '0' }, ready: /http:\S+\n/ });
  const [url] = output.match(/http:\S+/);
  const post = { method: 'POST', body: JSON.stringify({ identity: 'alice' }) };
  const { authToken } = await fetchJson(`${url}/authenticate`, post);
  const headers = { Authorization: `Bearer ${authToken}` };
  const { virgilToken } = await fetchJson(`${url}/virgil-jwt`, { headers });
  const { twilioToken } = await fetchJson(`${url}/twilio-jwt`, { headers });
  expectSame(
    [virgilToken, twilioToken].map((token) => token.split('.').length),
    [3, 3],
  );
  return { url };
}

/** The records of the guide on a patient record, over a PostgreSQL of its own; undefined where there is none to be started. */
async function startRecords() {
  const { findPostgres, startPostgres } = await import('../packages/testing/dist/postgres.js');
  if (findPostgres() === undefined && !process.env.CI) return undefined;
  const database = await must('PostgreSQL starts', startPostgres);
  const env = { DATABASE_URL: database.url, PORT: '0' };
  const { server, output } = await must('the records of the guide start', () =>
    startServer({ args: ['examples/patient-record/server.js'], env, ready: /http:\S+\n/ }),
  );
  const close = async () => {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
    await database.close();
  };
  return { url: output.match(/http:\S+/)[0], close };
}

async function runQuickstart(env) {
  expectSame(await runExample(['quickstart.js'], quickstart, env), 'Hello Dave!');
}

/** What `npm start` does in the folder of a guide, where the client is installed, and what it says. */
async function runGuide(name, lines, env) {
  const folder = join(root, 'examples', name);
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const file of readdirSync(folder).filter((file) => file.endsWith('.js'))) {
    cpSync(join(folder, file), join(quickstart, file));
  }
  const command = `set -a; . ${writeClientEnv(env)}; NODE_NO_WARNINGS=1; ${scripts.start}`;
  expectSame((await run('sh', ['-c', command], quickstart)).trim().split('\n'), lines);
}

/** Two people, each in a terminal of their own. */
async function runTwilioChat(env) {
  const noah = openTerminal(['noah', 'mia'], env);
  await noah.said(/encrypted from end to end/);
  const mia = openTerminal(['mia', 'noah'], env);
  await mia.said(/encrypted from end to end/);
  mia.type('hello noah');
  await noah.said(/^mia: hello noah$/m);
  noah.type('hi mia');
  await Promise.all([noah, mia].map(({ said }) => said(/^mia: hello noah\nnoah: hi mia$/m)));
  expectSame(await Promise.all([noah, mia].map(({ end }) => end())), [0, 0]);
}

function openTerminal(names, env) {
  const args = ['--no-warnings', `--env-file=${writeClientEnv(env)}`, 'chat.js', ...names];
  const terminal = spawn(process.execPath, args, { cwd: twilioChat });
  servers.push(terminal);
  const exit = once(terminal, 'exit');
  const news = new EventEmitter();
  let output = '';
  for (const stream of [terminal.stdout, terminal.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      news.emit('more');
    });
  }
  return {
    type: (line) => terminal.stdin.write(`${line}\n`),
    async said(pattern) {
      const ended = exit.then(() => 'ended');
      while (!pattern.test(output)) {
        if ((await Promise.race([once(news, 'more'), ended])) === 'ended') throw new Error(`${output}chat.js ended.`);
      }
    },
    async end() {
      terminal.stdin.end();
      return (await exit)[0];
    },
  };
}

/** Gives back the titles of its tests. */
async function runArticle(env) {
  const args = ['--import', './other-ports.js', '--test-reporter=tap', 'article.test.js'];
  const titles = [...(await runExample(args, article, env)).matchAll(/^ok \d+ - (.*)$/gm)].map(([, title]) => title);
  if (titles.length === 0) throw new Error('It has no tests.');
  return titles;
}

async function runExample(args, copy, env) {
  return run('node', ['--no-warnings', `--env-file=${writeClientEnv(env)}`, ...args], copy);
}

/** Examples are clients: of the settings they see the addresses alone. */
function writeClientEnv({ API_URL, BACKEND_URL, RECORDS_URL = '' }) {
  const file = join(temporary, 'client.env');
  writeFileSync(file, `API_URL=${API_URL}\nBACKEND_URL=${BACKEND_URL}\nRECORDS_URL=${RECORDS_URL}\n`);
  return file;
}

async function run(command, args, cwd) {
  const { ok, output } = await runCommand({ command, args, cwd });
  if (!ok) throw new Error(`${output}\n${command} ${args.join(' ')} failed; the lines above say why.`);
  return output;
}

async function fetchJson(url, init) {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered with ${response.status}.`);
  return response.json();
}
