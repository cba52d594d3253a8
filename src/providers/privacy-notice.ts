import type { SendingChannel } from '../platform/messages/channel.types.js';

/** Of the day its words were last changed; whoever was shown another is shown this one. */
export const PRIVACY_VERSION = '2026-11-22';
/** The same of what people whom a scheme supports are told. */
export const PEOPLES_NOTICE_VERSION = '2026-11-23';

/** Before its address, in the first message to somebody. */
export const NOTICE_WORDS: Record<SendingChannel, string> = {
  email: '\n\nWhat we keep of you, and for how long: ',
  letter: '\n\nWhat we keep of you, and for how long: ',
  text: ' What we keep of you: ',
};

export const privacyAddress = (publicUrl: string): string => `${publicUrl}/privacy`;
