// The app's backend: records in PostgreSQL. It has no keys; what is encrypted it stores as it comes. Who may read and write is left out here.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import pg from 'pg';

const { DATABASE_URL, PORT = '3001' } = process.env;
if (!DATABASE_URL) {
  console.error('records: set DATABASE_URL, as in postgres://user:password@localhost/database');
  process.exit(1);
}
const database = new pg.Pool({ connectionString: DATABASE_URL });
await database.query(`
  CREATE TABLE IF NOT EXISTS records (
    hospital text, number int, document jsonb NOT NULL,
    PRIMARY KEY (hospital, number)
  )`);

const app = new Hono().use(cors());

app.put('/:hospital/records/:number', async (context) => {
  const { hospital, number } = context.req.param();
  await database.query(
    'INSERT INTO records VALUES ($1, $2, $3) ON CONFLICT (hospital, number) DO UPDATE SET document = excluded.document',
    [hospital, number, await context.req.text()],
  );
  return context.body(null, 204);
});

app.get('/:hospital/records/:number', async (context) => {
  const { hospital, number } = context.req.param();
  const select = 'SELECT document FROM records WHERE hospital = $1 AND number = $2';
  const { rows } = await database.query(select, [hospital, number]);
  return rows.length === 1 ? context.json(rows[0].document) : context.notFound();
});

// Statistics over what is plain, by the database alone.
app.get('/:hospital/wards', async (context) => {
  const select = `
    SELECT document->>'ward' AS ward, count(*)::int AS patients, round(avg((document->>'born')::int))::int AS "meanBorn"
    FROM records WHERE hospital = $1 GROUP BY ward ORDER BY ward`;
  return context.json((await database.query(select, [context.req.param('hospital')])).rows);
});

// All records as JSON Lines.
app.get('/:hospital/records', async (context) => {
  const select = 'SELECT document::text AS line FROM records WHERE hospital = $1 ORDER BY number';
  const { rows } = await database.query(select, [context.req.param('hospital')]);
  return context.body(rows.map(({ line }) => `${line}\n`).join(''), 200, { 'Content-Type': 'application/jsonl' });
});

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) }, ({ port }) => {
  console.log(`records on http://localhost:${port}`);
});
