import pg from 'pg';

const READS_OR_WRITES = /^\s*(select|with|insert|update|delete)\b/i;
/** What opens a transaction for one scheme; every read has it, whatever it reads. */
const SETTING = /^\s*select\s+set_config\(/i;

/** The statements that some work sent to the database, without what opens and closes a transaction. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const heard: string[] = [];
  const stop = hear((text) => heard.push(text));
  try {
    await work();
  } finally {
    stop();
  }
  return heard;
}

/** Tells every statement that this process sends to a database, until it is stopped. */
export function hear(tell: (text: string) => void): () => void {
  const query = Object.getOwnPropertyDescriptor(pg.Client.prototype, 'query')!.value as (
    ...all: unknown[]
  ) => unknown;
  const spy = function (this: pg.Client, config: unknown, ...rest: unknown[]): unknown {
    const text = typeof config === 'string' ? config : (config as { text?: unknown }).text;
    if (typeof text === 'string' && READS_OR_WRITES.test(text) && !SETTING.test(text)) tell(text);
    return query.call(this, config, ...rest);
  };
  pg.Client.prototype.query = spy as never;
  return () => {
    pg.Client.prototype.query = query as never;
  };
}
