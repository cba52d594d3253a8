import { createHash } from 'node:crypto';
import type { QueryConfig } from 'pg';
import type { Sql } from 'sql-template-tag';

const names = new Map<string, string>();
/** How often what was prepared has been overtaken, which gives all of it other names. */
let overtakings = 0;

/**
 * A named statement for node-postgres: parsed and planned once a connection. The name is a hash of the text, so
 * equal texts share it. Texts must come from a bounded set, which tagged templates give.
 */
export function prepared(statement: Sql): QueryConfig {
  const text = statement.text;
  let name = names.get(text);
  if (name === undefined) {
    name = createHash('sha1')
      .update(`${String(overtakings)}${text}`)
      .digest('base64url');
    names.set(text, name);
  }
  return { name, text, values: statement.values };
}

/**
 * A migration beside us has given a table another column, and a statement that asks for all of them was prepared before it:
 * PostgreSQL refuses that one on this connection for good. From now on everything is prepared under other names; ask again.
 */
export function overtaken(error: unknown): boolean {
  // By where PostgreSQL says it, since its words are in the language of the server.
  const { code, routine } = error as { code?: string; routine?: string };
  if (code !== '0A000' || routine !== 'RevalidateCachedQuery') return false;
  overtakings += 1;
  names.clear();
  return true;
}

/** Asks again what was overtaken; nothing of it was done. */
export async function preparedAnew<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!overtaken(error)) throw error;
    return ask();
  }
}
