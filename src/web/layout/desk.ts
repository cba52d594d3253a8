import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LastChanges } from '../../identity/last-changes.queries.js';
import { MembershipQueries } from '../../identity/membership.queries.js';
import type { Action } from '../../permissions/permission.table.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { RequestWithActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { currentLanguage } from '../../platform/http/request-context.js';
import { formToken } from '../../platform/http/form-token.js';
import type { MapOfPlaces } from '../map/maps.js';
import { policyFor } from '../map/policy.js';
import { seeOther } from './see-other.js';
import { type Form, PRINT } from './forms.js';
import { sinceInWords } from './dates.js';
import { scriptAddress, STAFF_STYLESHEET } from './assets.js';
import { staysUntil } from './stays.js';
import { navigationFor } from './navigation.js';
import { Pages } from './pages.js';
import { type LanguageLink, staffLanguageLinks } from '../words/choice.js';
import { say, staffFile } from '../words/staff/staff-words.js';
import { ROLE_WORDS } from './words.js';

/** Whose page it is, where something has to be read before anything else; what was typed is never lost to it. */
function unreadNoteOf(data: { person?: { id: string; noteUnread?: boolean } }): string | null {
  return data.person?.noteUnread ? data.person.id : null;
}

/** The pages of those who sign in, in one frame: who they are, where they can go, what they may do. */
@Injectable()
export class Desk {
  constructor(
    private readonly pages: Pages,
    private readonly memberships: MembershipQueries,
    private readonly changes: LastChanges,
    private readonly clock: Clock,
  ) {}

  /** Shows a page to somebody signed in. What it offers is asked with `can('noun.verb')`, of the one permission table. */
  async show(
    reply: FastifyReply,
    actor: MemberActor,
    status: number,
    template: string,
    data: object,
  ): Promise<void> {
    const unread = reply.request.method === 'GET' ? unreadNoteOf(data) : null;
    if (unread !== null) {
      const to = new URLSearchParams({ to: reply.request.url });
      await seeOther(reply, `/desk/people/${unread}/safety-note?${to.toString()}`);
      return;
    }
    const shown = await this.afterClash(actor, data);
    const { name, membership } = await this.memberships.me(actor);
    const { sessionEndsAt } = reply.request as RequestWithActor;
    const path = reply.request.url.split('?', 1)[0] ?? '';
    await this.render(reply, status, template, {
      who: { name, role: ROLE_WORDS[actor.role], organisation: membership.organisationName },
      scheme: membership.schemeName,
      navigation: navigationFor(actor.role, path),
      stays: sessionEndsAt && staysUntil(sessionEndsAt, this.clock.now()),
      print: new URL(reply.request.url, 'http://desk').searchParams.has(PRINT),
      can: (action: Action) => reachOf(action, actor.role) !== 'none',
      ...shown,
    });
  }

  /** A form that came too late says who was first, and when. */
  private async afterClash(actor: MemberActor, data: { form?: Partial<Form> }): Promise<object> {
    const { form } = data;
    if (!form?.changedId) return data;
    const last = await this.changes.of(actor, form.changedId);
    if (!last) return data;
    const notice = say('{{who}} changed this at {{time}}. Check both versions.', {
      who: last.by ?? say('Somebody else'),
      time: sinceInWords(last.at, this.clock.now()),
    });
    return { ...data, form: { ...form, notice } };
  }

  /** The same frame for somebody who is not signed in yet. */
  async showToAnybody(reply: FastifyReply, status: number, template: string, data: object): Promise<void> {
    await this.render(reply, status, template, { navigation: [], ...data });
  }

  private async render(
    reply: FastifyReply,
    status: number,
    template: string,
    data: Record<string, unknown> & { map?: MapOfPlaces | null; otherLanguages?: LanguageLink[] },
  ): Promise<void> {
    const nonce = randomBytes(16).toString('base64');
    void reply.header('content-security-policy', policyFor(nonce, data.map));
    const { file } = staffFile(currentLanguage());
    await this.pages.show(reply, status, template, {
      spoken: {
        tag: file.locale,
        draft: file.state === 'machine_draft',
        // What was refused is refused again at its address, in whatever language.
        others:
          status < 400
            ? (data.otherLanguages ?? staffLanguageLinks(reply.request).filter(({ current }) => !current))
            : [],
      },
      stylesheet: STAFF_STYLESHEET,
      script: scriptAddress('staff.js'),
      nonce,
      csrf: formToken(reply),
      ...data,
    });
  }
}
