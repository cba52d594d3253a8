import { once } from 'node:events';
import { createServer } from 'node:http';
import pg from 'pg';

/**
 * What a program without any framework would do: HTTP by Node, PostgreSQL by pg, each request its statements, prepared and one
 * after another, and the rows as they come. No sign-in is checked here and nothing is validated; the statements for both are sent.
 * Told over IPC where the database is and what each address sends; says its port once it listens.
 */
const [{ url, connections, works }] = await once(process, 'message');
const pool = new pg.Pool({ connectionString: url, max: connections });

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    answer(request.url).then(
      (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
});

/** `/work/connection/request`: each connection has rows of its own, as ours have. */
async function answer(path) {
  const [, work, connection, number] = path.split('/');
  const client = await pool.connect();
  const chance = String(Math.floor(Math.random() * 1e12));
  try {
    let rows = [];
    for (const [n, { text, usesChance }] of works[work][connection][number].entries()) {
      const name = `${work}-${connection}-${number}-${n}`;
      const result = await client.query({ name, text, values: usesChance ? [chance] : [] });
      if (result.rows.length >= rows.length) rows = result.rows;
    }
    return JSON.stringify(rows);
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
