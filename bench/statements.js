import pg from 'pg';
import utils from 'pg/lib/utils.js';

/** Every statement that reached PostgreSQL while recording, as sent. */
let heard = null;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function record(config, ...rest) {
  if (heard && config && typeof config === 'object' && typeof config.text === 'string') {
    heard.push({ text: config.text, values: config.values ?? [] });
  } else if (heard && typeof config === 'string') {
    heard.push({ text: config, values: [] });
  }
  return query.call(this, config, ...rest);
};

/** The statements of one piece of work, session check and audit included. */
export async function recorded(work) {
  heard = [];
  try {
    await work();
    return heard;
  } finally {
    heard = null;
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const texts = (statements) =>
  statements.flatMap(({ values }) => values.map((value) => String(utils.prepareValue(value) ?? '')));

/**
 * The same statements with their values written out, for each request of a piece of work. Ids made by the requests (those that
 * differ between `first` and `second`, two runs of the same work) are made anew each time, in time order as ours are, from the
 * random number `:r`; so is what is `unique`, each with the SQL that makes another.
 */
export function repeatable(first, second, unique = []) {
  const others = new Set(texts(second.flat()).flatMap((text) => text.match(UUID) ?? []));
  const fresh = [...new Set(texts(first.flat()).flatMap((text) => text.match(UUID) ?? []))].filter(
    (id) => !others.has(id),
  );
  const replaced = new Map(fresh.map((id, index) => [id, freshId(index)]));
  for (const [value, made] of unique) replaced.set(value, made);
  return first.map((statements) =>
    statements.map(({ text, values }) =>
      withoutColons(inlined(text, values, replaced))
        .replaceAll(/\s+/g, ' ')
        .trim(),
    ),
  );
}

/** One pgbench script in which client n does what connection n does. */
export function pgbenchScript(connections) {
  const branches = connections.map(
    (requests, n) =>
      `${n === 0 ? '\\if' : '\\elif'} :client_id = ${n}\n${requests
        .flat()
        .map((text) => `${text};\n`)
        .join('')}`,
  );
  return `\\set r random(1, 1000000000000)\n${branches.join('')}\\endif\n`;
}

/** What a program of Node's sends for the same. */
export const prepared = (connections) =>
  connections.map((requests) =>
    requests.map((statements) =>
      statements.map((text) => ({
        text: text.replaceAll(':r::text', '$1::text'),
        usesChance: text.includes(':r::text'),
      })),
    ),
  );

/** pgbench would take the minutes of 'HH24:MI' for a variable of its own. */
const withoutColons = (text) => text.replaceAll(/(?<!:):(?=[A-Z]{2})/g, `'||chr(58)||'`);

const freshId = (index) =>
  `(lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '7' || substr(md5(:r::text || '${index}'), 1, 3) || '8' || substr(md5(:r::text || '${index}'), 4, 15))::uuid`;

function inlined(text, values, replaced) {
  return text.replaceAll(/\$(\d+)/g, (_all, number) => {
    const given = values[Number(number) - 1];
    const value = utils.prepareValue(given);
    if (value === null || value === undefined) return 'null';
    return literal(
      String(value),
      replaced,
      Array.isArray(given) ? '::uuid[]' : isJson(value) ? '::jsonb' : '',
    );
  });
}

/** What was joined is text, and no longer takes the type of its place as a literal does. A colon would read as a variable to pgbench, so literals are written without any. */
function literal(value, replaced, joinedType) {
  const exact = replaced.get(value);
  if (exact) return `(${exact})`;
  const parts = [...replaced.keys()].filter((key) => value.includes(key));
  if (parts.length === 0) return quoted(value);
  const pattern = new RegExp(`(${parts.map((part) => part.replaceAll(/[^\w]/g, '\\$&')).join('|')})`);
  const pieces = value.split(pattern).filter((piece) => piece !== '');
  const joined = pieces.map((piece) => `(${replaced.get(piece) ?? quoted(piece)})::text`).join(' || ');
  return `(${joined})${joinedType}`;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const quoted = (value) =>
  `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', '\\x3a').replaceAll('\n', '\\n')}'`;
