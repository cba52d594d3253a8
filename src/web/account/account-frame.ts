import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { MembershipQueries } from '../../identity/membership.queries.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { GroupFrame } from '../group/group-frame.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm } from '../layout/forms.js';
import { speechFor } from '../words/choice.js';
import type { Key } from '../words/speech.js';
import { spokenForm } from '../words/spoken-form.js';
import { sayAll } from '../words/staff/staff-words.js';

interface Said {
  words: string;
  key: Key;
}

const TITLES = sayAll({
  account: { words: 'Your account', key: 'ours.nav.account' },
  password: { words: 'Change your password', key: 'account.password.title' },
  'second-factor': { words: 'Second factor', key: 'account.second.title' },
  'set-up': { words: 'Set up an app for codes', key: 'account.app.title' },
  'recovery-codes': { words: 'Your recovery codes', key: 'account.codes.title' },
  sessions: { words: 'Where you are signed in', key: 'account.sessions.title' },
  kept: { words: 'Drafts: what you were typing', key: 'account.kept.title' },
} as const satisfies Record<string, Said>);
type AccountPage = keyof typeof TITLES;

/** What a page says once something is done, by what its address says of it. */
const DONE: Readonly<Record<string, Said>> = sayAll({
  password: {
    words:
      'Your password is changed, and you are signed out everywhere but here. We have written to tell you so.',
    key: 'account.password.done',
  },
  mail: {
    words: 'From now on we send a code to your work mailbox when you sign in.',
    key: 'account.second.doneMail',
  },
  removed: {
    words: 'From now on you sign in with your password alone.',
    key: 'account.second.doneRemoved',
  },
  one: { words: 'You are signed out there.', key: 'account.sessions.doneOne' },
  others: { words: 'You are signed out everywhere but here.', key: 'account.sessions.doneOthers' },
} satisfies Record<string, Said>);

/** A page of somebody's own account: of a group in the frame and the language of its pages, of everybody else at the desk. */
@Injectable()
export class AccountFrame {
  constructor(
    private readonly desk: Desk,
    private readonly group: GroupFrame,
    private readonly memberships: MembershipQueries,
  ) {}

  async show(
    reply: FastifyReply,
    actor: MemberActor,
    page: AccountPage,
    { form, done, ...data }: { form?: Form; done?: unknown } & Record<string, unknown>,
  ): Promise<void> {
    const status = form?.status ?? 200;
    const title = TITLES[page];
    const said = typeof done === 'string' && Object.hasOwn(DONE, done) ? DONE[done] : undefined;
    if (actor.role !== 'provider_member') {
      await this.desk.show(reply, actor, status, `account/pages/${page}.njk`, {
        title: title.words,
        notice: said?.words ?? null,
        ...(form ? { form } : {}),
        ...data,
      });
      return;
    }
    const speech = speechFor(reply.request);
    const { membership } = await this.memberships.me(actor);
    const spoken = spokenForm(form ?? newForm(), speech);
    const notice = said ? speech.t(said.key) : spoken.again ? speech.t('ours.again') : spoken.notice;
    await this.group.show(
      reply,
      `group/pages/${page}.njk`,
      {
        title: speech.t(title.key),
        scheme: membership.schemeName,
        group: membership.organisationName,
        form: spoken,
        errors: spoken.errors,
        ...(notice === null ? {} : { notice }),
        ...data,
      },
      { status },
    );
  }
}
