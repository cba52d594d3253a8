import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { takenAway } from '../support/adding.js';

const MIGRATIONS = fileURLToPath(new URL('../../migrations/', import.meta.url));
/** Those before were written before anybody had it: no build of then serves beside one of now. */
const FIRST = '0086';

/** What is taken away all the same, and why whoever serves meanwhile is none the worse for it. */
const KNOWN: Record<string, { takes: string[]; because: string }> = {
  '0086-group-pages.sql': {
    takes: ['index on reply_code', 'index on reply_code'],
    because: 'Codes live for a quarter of an hour: there are few.',
  },
  '0092-how-a-practice-hears.sql': {
    takes: ['index on organisation'],
    because: 'A scheme has hundreds of organisations, not millions.',
  },
  '0094-long-jobs.sql': {
    takes: ['index on import_batch'],
    because: 'One row to a list that somebody brought.',
  },
  '0099-people-by-first-name.sql': {
    takes: ['index on client'],
    because: 'Who writes down somebody new waits for as long as it is made.',
  },
  '0106-as-written.sql': {
    takes: [
      'index on client_history',
      'index on client_history',
      'index on client_history',
      'index on referral',
    ],
    because:
      'Who reads a practice’s list, sends or moves a referral waits while the record of changes to people is written anew with three columns.',
  },
  '0120-audit-by-month.sql': {
    takes: ['rename audit_entry', 'default of audit_entry_before.id'],
    because:
      'The new table has the name and columns of the old one before anybody sees either: writes wait. Tried under load, with a record that is small, in test/integration/migrate-serving.',
  },
  '0132-what-a-group-carries.sql': {
    takes: ['index on onward_referral'],
    because: 'Who offers somebody to a group, or answers for it, waits for as long as it is made.',
  },
  '0133-consents-that-run-out-apart.sql': {
    takes: ['index on reminder'],
    because: 'Of what still waits alone, and the same rule as before but for the days of a story.',
  },
};

describe('migrations', () => {
  it('since the first release only add, so that the build before can serve meanwhile; but for those that say why not', async () => {
    const files = readdirSync(MIGRATIONS).filter((file) => file.endsWith('.sql') && file >= FIRST);
    const taken = Object.fromEntries(
      await Promise.all(
        files.map(async (file) => [file, await takenAway(readFileSync(MIGRATIONS + file, 'utf8'))] as const),
      ),
    );
    expect(files.length).toBeGreaterThan(10);
    expect(Object.fromEntries(Object.entries(taken).filter(([, takes]) => takes.length > 0))).toEqual(
      Object.fromEntries(Object.entries(KNOWN).map(([file, { takes }]) => [file, takes])),
    );
  });

  it.each([
    ['alter table client drop column phone', ['drop column client.phone']],
    ['drop table client', ['drop client']],
    ['drop view everybody', ['drop everybody']],
    ['alter table client rename to person', ['rename client']],
    ['alter table client rename column phone to telephone', ['rename client']],
    ['alter table client alter phone type integer using 1', ['type of client.phone']],
    ['alter table client alter phone set not null', ['not null client.phone']],
    ['alter table client alter phone drop default', ['default of client.phone']],
    ['alter table client add column pet text not null', ['add column client.pet, which must be given']],
    [
      `alter table client add column pet text check (pet is null or phone = 'none')`,
      ['add column client.pet, which must fit phone'],
    ],
    [`alter table client add column pet text check (lower(pet) = pet)`, []],
    ['create index pets on client (pet)', ['index on client']],
    [
      `do $$ begin execute format('alter table %I rename to %I', 'client', 'person'); end $$`,
      ['something, in text that is put together'],
    ],
    [`alter table client add column pet text not null default 'none'`, []],
    ['alter table client add column pet text', []],
    ['create table pet (id uuid); create index pets on pet (id); alter table pet alter id set not null', []],
    ['drop index pets; alter table client drop constraint pets', []],
    ['create function f() returns void language sql as $$ select 1 $$', []],
  ])('%s', async (text, takes) => {
    expect(await takenAway(text)).toEqual(takes);
  });
});
