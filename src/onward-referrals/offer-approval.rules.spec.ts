import { approvalRefusal } from './offer-approval.rules.js';
import { APPROVAL_STATES, APPROVAL_VERBS, type OwnService } from './offer-approval.types.js';

describe('who decides about an offer to a service of one’s own', () => {
  const by = (
    account: string,
    state: (typeof APPROVAL_STATES)[number] = 'waiting',
    tie: OwnService | null = null,
  ) =>
    APPROVAL_VERBS.filter(
      (verb) => approvalRefusal(verb, { state, askedByAccount: 'sam', tie }, account) === null,
    );

  it('is everybody but the asker, who may only take it back', () => {
    expect(by('sam')).toEqual(['withdraw']);
    expect(by('mo')).toEqual(['approve', 'refuse']);
  });

  it.each(['worker', 'referrer'] as const)('is not approved by a %s of their own', (tie) => {
    expect(by('mo', 'waiting', tie)).toEqual(['refuse']);
    expect(by('sam', 'waiting', tie)).toEqual(['withdraw']);
  });

  it.each(APPROVAL_STATES.filter((state) => state !== 'waiting'))('is nobody once it is %s', (state) => {
    expect([...by('sam', state), ...by('mo', state)]).toEqual([]);
  });
});
