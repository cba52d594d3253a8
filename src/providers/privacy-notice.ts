import type { SendingChannel } from '../platform/messages/channel.types.js';

/** Of the day its words were last changed; whoever was shown another is shown this one. */
export const PRIVACY_VERSION = '2026-11-22';

/** Before its address, in the first message to somebody. */
export const NOTICE_WORDS: Record<SendingChannel, string> = {
  email: '\n\nWhat we keep of you, and for how long: ',
  letter: '\n\nWhat we keep of you, and for how long: ',
  text: ' What we keep of you: ',
};

export const privacyAddress = (publicUrl: string): string => `${publicUrl}/privacy`;

/** What people who help in groups are told of what is kept of them. Plain words, since nobody signs for them. */
export const PRIVACY_NOTICE: readonly { heading: string; text: readonly string[] }[] = [
  {
    heading: 'Who keeps it',
    text: [
      'The social prescribing scheme that writes to you. It decides what is kept and why, and you can ask it anything about this page.',
    ],
  },
  {
    heading: 'What we keep of you',
    text: [
      'Your name, e-mail address and telephone number, if you or your group gave them to us, so that we can ask whether your group can help somebody.',
      'What you answered, and when: yes or no, who came, how it went. If you are named as a safeguarding lead or signed our local agreement for your group, that too.',
      'Never a certificate or an identity document.',
    ],
  },
  {
    heading: 'Who sees it',
    text: [
      'The workers and managers of the scheme. Your name, address and number are never published: not in our directory, not in the open feed, not to the people you help unless you give them yourself.',
      'We share it with nobody else, and nothing in it decides anything about you.',
    ],
  },
  {
    heading: 'How long',
    text: [
      'Until you stop. "I no longer help here", in every message, ends it at once: we forget your name, address and number that minute. What is left, such as your name beside a safety check, goes twelve months after you stop. Your group’s answers stay, without your name.',
    ],
  },
  {
    heading: 'What you can ask for',
    text: [
      'Everything we hold on you, from the link in any of our messages or by asking the scheme; that we correct it; that we forget it. We need it to arrange help for people (our legitimate interest), and you may object.',
      'If you are not content with our answer: the Information Commissioner’s Office, ico.org.uk, 0303 123 1113.',
    ],
  },
];
