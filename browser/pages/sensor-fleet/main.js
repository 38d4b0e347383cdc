// The reader of examples/sensor-fleet in a page: it takes the log from a file.
import { EThree } from '@sotto/e3kit';
import { fetchToken } from './fetch-token.js';
import { readRecords } from './log.js';
import { followFleet } from './sensor-fleet.js';
import { toTable } from './table.js';

const [input, output, pre] = ['input', 'output', 'pre'].map((name) => globalThis.document.querySelector(name));

const operator = await EThree.initialize(() => fetchToken('greenhouse-operator'));
await operator.register();
output.textContent = 'registered';

input.addEventListener('change', async () => {
  const devices = [1, 2, 3, 4, 5].map((number) => `greenhouse-${number}`);
  const records = readRecords(input.files[0].stream());
  for await (const rows of followFleet(operator, { devices, series: 'climate', records })) {
    pre.textContent = toTable(rows);
  }
  output.textContent = 'read';
});
