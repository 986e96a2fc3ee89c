// The script that one writes in an afternoon: page after page, an upsert of many rows each.
import { request } from 'undici';
import pg from 'pg';

const columns = ['id', 'stream_id', 'type', 'emitted_at', 'created_at', 'raw'];
const db = new pg.Client(process.env.DATABASE_URL);
await db.connect();
for (let page = 0; ; page++) {
  const url = `${process.env.API_URL}/v2/companies/123/stream-events?page=${page}&limit=100`;
  const { body } = await request(url, { headers: { authorization: `Bearer ${process.env.API_KEY}` } });
  const { data } = await body.json();
  if (data.length === 0) break;
  const rows = data.map((_, row) => `(${columns.map((_, at) => `$${row * columns.length + at + 1}`)})`);
  const values = data.flatMap((it) => columns.map((name) => (name === 'raw' ? JSON.stringify(it) : it[name])));
  await db.query(`insert into people.stream_events (${columns}) values ${rows} on conflict (id) do update
    set ${columns.slice(1).map((name) => `${name} = excluded.${name}`)}`, values);
}
await db.end();
