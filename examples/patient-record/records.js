// The app's way to its records, which server.js keeps in PostgreSQL.
const { RECORDS_URL = 'http://localhost:3001' } = process.env;

export function openRecords(hospital) {
  return {
    save: (number, document) =>
      request(`/${hospital}/records/${number}`, { method: 'PUT', body: JSON.stringify(document) }),
    load: async (number) => (await request(`/${hospital}/records/${number}`)).json(),
    countByWard: async () => (await request(`/${hospital}/wards`)).json(),
    exportLines: async () => (await request(`/${hospital}/records`)).body,
  };
}

async function request(path, init) {
  const response = await fetch(RECORDS_URL + path, init);
  if (!response.ok) throw new Error(`The records answered ${path} with ${response.status} ${response.statusText}.`);
  return response;
}
