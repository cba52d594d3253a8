import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { NotSignedIn } from '../../identity/organisation-sign-in.service.js';
import { GroupFrame } from '../group/group-frame.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm } from '../layout/forms.js';
import { languageLinks, speechFor } from '../words/choice.js';
import type { Key } from '../words/speech.js';
import { spokenForm } from '../words/spoken-form.js';
import { isStaffLanguage, sayAll } from '../words/staff/staff-words.js';

interface Said {
  words: string;
  key: Key;
}

const TITLES = sayAll({
  'sign-in': { words: 'Sign in', key: 'entry.title' },
  forgotten: { words: 'I do not know my password', key: 'entry.forgotten' },
  sent: { words: 'Look at your e-mail', key: 'entry.look' },
  join: { words: 'Join', key: 'entry.join' },
  renew: { words: 'Set a new password', key: 'entry.renew' },
  'link-ended': { words: 'This link does not work any more', key: 'entry.ended.title' },
  mailed: { words: 'Code from the message', key: 'entry.code.fromMail' },
  app: { words: 'Code from your app', key: 'entry.code.fromApp' },
  recovery: { words: 'Enter a recovery code', key: 'entry.code.recovery' },
  'by-code': { words: 'Sign in with a code', key: 'entry.byCode.title' },
  'by-code-sent': { words: 'Enter your code', key: 'entry.code.title' },
} as const satisfies Record<string, Said>);
type Titled = keyof typeof TITLES;

/** Which page each of them is. */
const PAGES: Partial<Record<Titled, string>> = {
  join: 'password',
  renew: 'password',
  mailed: 'code',
  app: 'code',
  recovery: 'code',
};

/** What has just been done elsewhere, for which one signs in now. */
const AFTER: Readonly<Record<string, Said>> = sayAll({
  ended: {
    words: 'You were signed out after a while without use. Sign in to go on.',
    key: 'entry.after.ended',
  },
  kept: {
    words: 'You were signed out after a while without use. What you typed is kept: sign in to go on with it.',
    key: 'entry.after.kept',
  },
  'too-late': {
    words: 'That took too long, or was finished already. Sign in again.',
    key: 'entry.after.tooLate',
  },
  joined: { words: 'Your password is set. Sign in with it now.', key: 'entry.after.joined' },
  'new-password': {
    words: 'Your new password is set, and you are signed out everywhere else. Sign in with it now.',
    key: 'entry.after.renewed',
  },
  'code-again': { words: 'The code is on its way to you again.', key: 'entry.code.sentAgain' },
  'organisation-too-late': {
    words: 'That took too long, or began in another browser. Try again.',
    key: 'entry.after.tooLate',
  },
  'organisation-refused': {
    words: 'Your organisation did not let you in. Try again, or ask whoever looks after your account there.',
    key: 'entry.after.organisation',
  },
  'organisation-failed': {
    words:
      'We could not reach your organisation, or did not understand its answer. Try again, or use your password here.',
    key: 'entry.after.organisation',
  },
  'organisation-unverified': {
    words:
      'Your organisation does not say that your e-mail address is really yours. Sign in with your password here.',
    key: 'entry.after.organisation',
  },
  'organisation-unknown': {
    words:
      'Nobody works here with the address your organisation gave. Open your invitation first, or ask your scheme for one.',
    key: 'entry.after.unknown',
  },
  'organisation-other-identity': {
    words:
      'Another account of your organisation is in use for you here. Sign in with your password, and tell your scheme.',
    key: 'entry.after.organisation',
  },
} satisfies Record<`organisation-${NotSignedIn}`, Said> & Record<string, Said>);

/**
 * The way in, for whoever is not signed in and may be anybody: at the desk in the languages of staff, and in those that only
 * groups read, in the frame of their pages.
 */
@Injectable()
export class WayInFrame {
  constructor(
    private readonly desk: Desk,
    private readonly group: GroupFrame,
  ) {}

  async show(
    reply: FastifyReply,
    which: Titled,
    { form = newForm(), status = form.status, after, ...data }: WayIn = {},
  ): Promise<void> {
    const page = PAGES[which] ?? which;
    const title = TITLES[which];
    const said = typeof after === 'string' && Object.hasOwn(AFTER, after) ? AFTER[after] : undefined;
    const speech = speechFor(reply.request);
    if (isStaffLanguage(speech.language)) {
      const others = languageLinks(reply.request, speech).filter(({ current }) => !current);
      await this.desk.showToAnybody(reply, status, `sign-in/pages/${page}.njk`, {
        title: title.words,
        notice: said?.words ?? null,
        otherLanguages: others,
        form,
        ...data,
      });
      return;
    }
    const spoken = spokenForm(form, speech);
    const notice = said ? speech.t(said.key) : spoken.notice;
    await this.group.show(
      reply,
      `sign-in/pages/spoken/${page}.njk`,
      {
        title: speech.t(title.key),
        form: spoken,
        errors: spoken.errors,
        signedIn: null,
        ...(notice === null ? {} : { notice }),
        ...data,
      },
      { status },
    );
  }
}

interface WayIn extends Record<string, unknown> {
  form?: Form;
  status?: number;
  after?: unknown;
}
