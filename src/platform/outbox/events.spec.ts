import { isRegistered, registerEvents, unfitParts } from './events.js';

describe('what an event may carry', () => {
  it.each([
    [{ id: '01a2003a-c4e9-7083-86ce-f6fe0d8fb6de' }, []],
    [{ reason: 'cannot_travel', kind: 'referral.sent', none: null }, []],
    [{ name: 'Ada Brook' }, ['name']],
    [{ phone: '+44 7700 900982', id: 'abc' }, ['phone']],
    [{ email: 'sam@example.org' }, ['email']],
    [{ empty: '' }, ['empty']],
    [{ long: 'a'.repeat(65) }, ['long']],
    [{ surname: 'Brook' }, ['surname']],
  ])('%j', (payload, unfit) => {
    expect(unfitParts(payload)).toEqual(unfit);
  });
});

describe('the registry of events', () => {
  it('knows what was registered and nothing else', () => {
    registerEvents(['spec.happened']);
    expect(isRegistered('spec.happened')).toBe(true);
    expect(isRegistered('spec.hapened')).toBe(false);
  });
});
