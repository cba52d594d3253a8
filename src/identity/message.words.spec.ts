import { ROLES } from '../platform/actor/actor.types.js';
import { invitationLetter, messageId, resetLetter } from './message.words.js';

const FACTS = {
  name: 'Sam Reed',
  schemeName: 'Tendring Scheme',
  organisationName: 'Mill Lane Surgery',
  link: 'https://betony.example.org/desk/join/abc',
  until: '2026-11-30',
};

describe('an invitation', () => {
  it.each(ROLES)('as %s says who invites, where to, the link and until when', (role) => {
    const { subject, text } = invitationLetter({ ...FACTS, role });
    for (const part of ['Sam Reed', 'Tendring Scheme', 'Mill Lane Surgery', FACTS.link, '30 November 2026']) {
      expect(text).toContain(part);
    }
    expect(subject).toBe('You are invited to sign in');
  });
});

it('a new password has its link and how long it works', () => {
  const { text } = resetLetter({
    name: 'Sam',
    link: 'https://betony.example.org/desk/new-password/x',
    minutes: 60,
  });
  expect(text).toContain('https://betony.example.org/desk/new-password/x');
  expect(text).toContain('60 minutes');
});

it('a message has the same id each time it is sent', () => {
  expect(messageId('0190b6a0', 'https://betony.example.org:8443')).toBe('0190b6a0@betony.example.org');
});
