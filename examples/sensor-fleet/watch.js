// The operator's reader: takes a log from the standard input and shows a table, which in a terminal follows it. It ends with the log.
import { EThree } from '@sotto/e3kit';
import { fetchToken } from './fetch-token.js'; // from your backend, which knows who is signed in
import { readRecords } from './log.js';
import { followFleet } from './sensor-fleet.js';
import { toTable } from './table.js';

const { API_URL, FLEET = 'greenhouse' } = process.env;
const identity = `${FLEET}-operator`;
const options = { apiUrl: API_URL, storageName: `.keys-of-${identity}` };
const operator = await EThree.initialize(() => fetchToken(identity), options);
if (!(await operator.hasLocalPrivateKey())) await operator.register();

if (!process.argv.includes('--register')) await watch();

async function watch() {
  const devices = [1, 2, 3, 4, 5].map((number) => `${FLEET}-${number}`);
  const records = readRecords(process.stdin);
  let table = '';
  for await (const rows of followFleet(operator, { devices, series: 'climate', records })) {
    table = toTable(rows);
    if (process.stdout.isTTY) process.stdout.write(`\x1b[H\x1b[J${table}\n`);
  }
  if (!process.stdout.isTTY) console.log(table);
}
