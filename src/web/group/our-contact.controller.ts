import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { MembershipQueries } from '../../identity/membership.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { AmendProvider, type ProviderView } from '../../providers/provider.dto.js';
import { ANSWERS_BY } from '../../providers/provider.types.js';
import { ProvidersQueries } from '../../providers/providers.queries.js';
import { ProvidersService } from '../../providers/providers.service.js';
import { type Form, newForm, overtaken, readChange, take, versionIn } from '../layout/forms.js';
import { noticeOf } from '../reply/reply.parts.js';
import { speechFor } from '../words/choice.js';
import type { Key, Speech } from '../words/speech.js';
import { spokenForm } from '../words/spoken-form.js';
import { contactAsTyped, standsOtherwise } from './contact-as-typed.js';
import { GroupFrame } from './group-frame.js';

const HERE = '/desk/group/contact';

/** Whom we write to in a group, and how: kept by the group itself, in its own language. */
@ApiExcludeController()
@Controller('desk/group/contact')
export class OurContactController {
  constructor(
    private readonly frame: GroupFrame,
    private readonly memberships: MembershipQueries,
    private readonly queries: ProvidersQueries,
    private readonly providers: ProvidersService,
  ) {}

  @Get()
  @Can('groupPage.use')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Query('saved') saved: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, null, saved);
  }

  @Post()
  @Can('groupPage.use')
  async save(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const change = await readChange(AmendProvider, body);
        await this.providers.amend(actor, actor.organisationId, versionIn(body), change);
        return `${HERE}?saved=signed`;
      },
      (form) => this.page(reply, actor, form),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    tried: Form | null,
    saved?: unknown,
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const { t } = speech;
    const group = await this.queries.get(actor, actor.organisationId);
    const { membership } = await this.memberships.me(actor);
    const form = spokenForm(
      tried
        ? overtaken(tried, { id: group.organisationId, version: group.version })
        : newForm(contactAsTyped(group), group.version),
      speech,
    );
    await this.frame.show(
      reply,
      'group/pages/contact.njk',
      {
        title: t('account.contact.title'),
        scheme: membership.schemeName,
        group: membership.organisationName,
        form,
        errors: form.errors,
        ways: ANSWERS_BY.map((value) => ({ value, text: t(`account.contact.by.${value}`) })),
        ...noticeIn(form, group, speech),
        ...noticeOf(saved, speech),
      },
      { status: form.status },
    );
  }
}

/** Every answer of the form, by the words it is asked with. */
const ASKED = {
  contactName: 'account.contact.name',
  contactEmail: 'ownData.field.email',
  contactPhone: 'ownData.field.phone',
  answersBy: 'account.contact.how',
  contactShared: 'account.contact.shared',
  replyWithinDays: 'account.contact.days',
  howToWorkWithUs: 'account.contact.work',
} as const satisfies Partial<Record<keyof AmendProvider, Key>>;
type Asked = keyof typeof ASKED;

function noticeIn(form: Form, group: ProviderView, { t, apart }: Speech) {
  const { again, notice, status } = form;
  if (again) return { notice: t('ours.again') };
  if (status === 412) {
    const kept = contactAsTyped(group);
    const said: Partial<Record<Asked, string>> = {
      answersBy: group.answersBy ? t(`account.contact.by.${group.answersBy}`) : '',
      contactShared: t(group.contactShared ? 'common.yes' : 'common.no'),
    };
    const otherwise = standsOtherwise(group, form);
    const now = (Object.keys(ASKED) as Asked[]).filter(otherwise).map((name) => {
      const value = said[name] ?? String(kept[name]);
      return `${t(ASKED[name])} – ${value === '' ? t('ownData.none') : apart(value)}`;
    });
    return { notice: t('service.overtaken', { now: `${now.join('; ')}.` }) };
  }
  return notice === null ? {} : { notice };
}
