import { aReferral, referralRow } from '../../factories/referrals.js';
import { aMember, aScheme, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('a referral on its way', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
  });
  afterAll(async () => {
    await betony.stop();
  });

  it('goes from sent to closed', async () => {
    const sam = await aMember(scheme, 'link_worker');
    const { id } = await aReferral(scheme).sent().accepted().allocatedTo(sam).active().onHold().closed();
    expect(await referralRow(scheme, id)).toMatchObject({
      state: 'closed',
      told_status: 'closed',
      told_why: 'done',
    });
  });
});
