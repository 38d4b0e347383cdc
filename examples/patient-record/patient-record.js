import { EThree } from '@sotto/e3kit';
import { fetchToken } from './fetch-token.js'; // from your backend, which knows who is signed in
import { openRecords } from './records.js'; // from your backend, too: here they are in PostgreSQL

async function openDevice(identity) {
  const options = { apiUrl: process.env.API_URL, storageName: `.keys-of-${identity}` };
  const eThree = await EThree.initialize(() => fetchToken(identity), options);
  if (!(await eThree.hasLocalPrivateKey())) await eThree.register();
  return eThree;
}

const today = Date.now();
const doctor = await openDevice(`doctor-${today}`);
const nurse = await openDevice(`nurse-${today}`);
const pharmacist = await openDevice(`pharmacist-${today}`);
const to = await doctor.findUsers(nurse.identity);
const from = await nurse.findUsers(doctor.identity);

const hospital = `hospital-${today}`;
const records = openRecords(hospital);
const idOf = ({ number }) => `${hospital}/${number}`; // what your app calls a document: who reads one says which one they want

// Name and notes are for the nurse too, the diagnosis is for the doctor alone. Number, ward, year and city stay plain, and are signed.
const fields = [{ path: 'name', to }, { path: 'notes[*].text', to }, 'diagnosis'];
const ann = {
  number: 1,
  name: 'Ann Example',
  born: 1980,
  city: 'Ghent',
  ward: 'B',
  diagnosis: { code: 'J18.9', since: new Date('2026-01-02') },
  notes: [{ day: 1, text: 'Coughs since a week' }],
};
await records.save(1, await doctor.encryptFields(ann, { documentId: idOf(ann), fields }));

// The database has brought the members into an order of its own. What they say is the same, so it is as the doctor signed it.
const stored = await records.load(1);
console.log(`stored: ${stored.city}, born ${stored.born}, ${stored.name.slice(0, 9)}…`);
const seen = await nurse.decryptFields(stored, { documentId: idOf(ann), from });
console.log(`nurse: ${seen.name}, ${seen.notes[0].text}, diagnosis: ${'diagnosis' in seen}`);
const known = await doctor.decryptFields(stored, { documentId: idOf(ann) });
console.log(`doctor: ${known.diagnosis.code} since ${known.diagnosis.since.getFullYear()}`);

// Many records at once come as JSON Lines, and go on as such, one line at a time.
const lines = Array.from({ length: 30 }, (_, index) => {
  const [number, ward] = [index + 2, index % 3 === 0 ? 'A' : 'B'];
  return `${JSON.stringify({ number, name: `Patient ${number}`, born: 1950 + index, city: 'Ghent', ward })}\n`;
});
const options = { documentId: idOf, fields: { path: 'name', to } };
for await (const line of doctor.encryptFieldLines(lines, options)) {
  const document = JSON.parse(line);
  await records.save(document.number, document);
}

// Statistics are SQL over the plain parts, and take no key.
for (const { ward, patients, meanBorn } of await records.countByWard()) {
  console.log(`ward ${ward}: ${patients} patients, born ${meanBorn} in the mean`);
}

// The next day the doctor writes a further note. It is the same document at a higher revision, encrypted anew.
const changed = { ...known, notes: [...known.notes, { day: 2, text: 'Better' }] };
await records.save(1, await doctor.encryptFields(changed, { documentId: idOf(ann), fields }));
const later = await nurse.decryptFields(await records.load(1), { documentId: idOf(ann), from });
console.log(`nurse: ${later.notes.map(({ text }) => text).join('; ')}`);

// Whoever can write to the database can do harm, and each of these is noticed.
async function tryToRead(document) {
  return nurse.decryptFields(document, { documentId: idOf(ann), from }).then(
    () => 'read',
    ({ code }) => code,
  );
}
const current = await records.load(1);
const other = await records.load(2);
await records.save(1, stored);
console.log(`an old row put back: ${await tryToRead(await records.load(1))}`);
await records.save(1, { ...current, name: other.name });
console.log(`a name out of another row: ${await tryToRead(await records.load(1))}`);
await records.save(1, { ...current, ward: 'A' });
console.log(`another ward: ${await tryToRead(await records.load(1))}`);
await records.save(1, other);
console.log(`another row: ${await tryToRead(await records.load(1))}`);

// The nurse lets the pharmacist read what she reads herself. The fields and the doctor's signature stay as they are.
const reader = await nurse.findUsers(pharmacist.identity);
await records.save(1, await nurse.addFieldReaders(current, { documentId: idOf(ann), from, to: reader }));
const author = await pharmacist.findUsers(doctor.identity);
const shown = await pharmacist.decryptFields(await records.load(1), { documentId: idOf(ann), from: author });
console.log(`pharmacist: ${shown.name}, ${shown.notes.length} notes, diagnosis: ${'diagnosis' in shown}`);

// As a file it is JSON like any other.
const file = new File([JSON.stringify(await records.load(1), null, 2)], 'record.json', { type: 'application/json' });
const fromFile = await nurse.decryptFields(JSON.parse(await file.text()), { documentId: idOf(ann), from });
console.log(`${file.name}: ${fromFile.name}`);

// A whole table is JSON Lines again, read as it arrives.
let count = 0;
for await (const line of nurse.decryptFieldLines(await records.exportLines(), { documentId: idOf, from })) {
  if (JSON.parse(line).name !== undefined) count++;
}
console.log(`exported: ${count} records with names`);
