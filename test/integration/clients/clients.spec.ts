import sql from 'sql-template-tag';
import { Database } from '../../../src/platform/database/database.js';
import { aClient } from '../../factories/clients.js';
import { aScheme, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('writing people down', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
  });
  afterAll(async () => {
    await betony.stop();
  });

  it('keeps a provisional person apart until somebody has looked', async () => {
    const id = await aClient(scheme).provisional().inTriage();
    const rows = await betony
      .get(Database)
      .read(scheme.id, sql`select standing, version from client where id = ${id}`);
    expect(rows).toEqual([{ standing: 'provisional', version: 1 }]);
  });

  it('confirms', async () => {
    const id = await aClient(scheme).safeTo('call').agreedWith(null, 'scheme_support');
    const rows = await betony
      .get(Database)
      .read(
        scheme.id,
        sql`select standing, version, safe_to_call, safe_to_text from client where id = ${id}`,
      );
    expect(rows).toEqual([
      { standing: 'confirmed', version: 2, safe_to_call: 'yes', safe_to_text: 'not_asked' },
    ]);
  });
});
