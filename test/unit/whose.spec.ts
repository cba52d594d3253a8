import { withoutScheme } from '../support/whose.js';

const TABLES = new Set(['referral', 'client']);

describe('whose rows a statement is about', () => {
  it.each([
    ['select * from referral where scheme_id = $1 and id = $2', []],
    ['select * from referral where id = $1', ['referral']],
    [
      'select * from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id where r.scheme_id = $1',
      [],
    ],
    ['select * from referral r join client c on c.id = r.client_id where r.scheme_id = $1', ['client']],
    ['select * from referral join client using (scheme_id, client_id) where scheme_id = $1', []],
    ['select 1 where exists (select from client c where c.id = $1)', ['client']],
    [
      'select * from referral r where r.scheme_id = $1 and exists (select from client c where c.scheme_id = r.scheme_id)',
      [],
    ],
    ['with made as (insert into client (scheme_id, id) values ($1, $2) returning id) select * from made', []],
    ['insert into client (id) values ($1)', ['client']],
    ['update referral set state = $1 where id = $2', ['referral']],
    [
      'update referral r set state = $1 from client c where r.scheme_id = $2 and c.scheme_id = r.scheme_id',
      [],
    ],
    ['delete from client where scheme_id = $1', []],
    ['delete from client c using referral r where r.scheme_id = $1 and r.client_id = c.id', ['client']],
    ['delete from client c using referral r join scheme s on s.id = r.scheme_id where c.scheme_id = $1', []],
    ['select r.scheme_id from referral r where r.id = $1', ['referral']],
    ['select * from scheme where id = $1', []],
  ])('given %s', async (text, expected) => {
    expect(await withoutScheme(text, TABLES)).toEqual(expected);
  });
});
