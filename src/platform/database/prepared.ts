import { createHash } from 'node:crypto';
import type { QueryConfig } from 'pg';
import type { Sql } from 'sql-template-tag';

const names = new Map<string, string>();

/**
 * A named statement for node-postgres: parsed and planned once a connection. The name is a hash of the text, so
 * equal texts share it. Texts must come from a bounded set, which tagged templates give.
 */
export function prepared(statement: Sql): QueryConfig {
  const text = statement.text;
  let name = names.get(text);
  if (name === undefined) {
    name = createHash('sha1').update(text).digest('base64url');
    names.set(text, name);
  }
  return { name, text, values: statement.values };
}
