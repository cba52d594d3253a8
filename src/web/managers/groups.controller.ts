import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { GroupLinks } from '../../assets/group-links.service.js';
import { MakeGroupLink } from '../../assets/survey.dto.js';
import { SurveysQueries } from '../../assets/surveys.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { validated } from '../../platform/http/validation.js';
import { CloseForGood, ReopenProvider } from '../../providers/closure.dto.js';
import { Closures } from '../../providers/closures.service.js';
import { ListingsQueries } from '../../providers/listings.queries.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { AmendProvider, ProviderListQuery, type ProviderView } from '../../providers/provider.dto.js';
import { ProvidersQueries } from '../../providers/providers.queries.js';
import { ProvidersService } from '../../providers/providers.service.js';
import { contactAsTyped, standsOtherwise } from '../group/contact-as-typed.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  overtaken,
  readChange,
  readForm,
  readQuery,
  sent,
  take,
  versionIn,
} from '../layout/forms.js';
import { type ListOf, ListPages } from '../layout/list-pages.js';
import { shapeOf } from '../layout/shape-of.js';
import { choicesOf } from '../layout/words.js';
import {
  ANSWERS_BY_WORDS,
  CLOSURE_WORDS,
  LEVEL_WORDS,
  LINK_PURPOSE_WORDS,
  LISTING_STATE_COLOURS,
  LISTING_STATE_WORDS,
  SECTOR_WORDS,
} from './managers.words.js';
import type { AskedReason } from './reason.js';
import { say, sayAll, sayCount } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/groups';

const GROUPS: ListOf<ProviderView> = sayAll({
  address: ADDRESS,
  name: 'groups',
  columns: [
    { text: 'Name', sort: 'name' },
    { text: 'Kind', sort: 'kind' },
    { text: 'Safety checks', sort: 'checks' },
    { text: 'Services', sort: 'services' },
  ],
  usual: 'name',
  file: (one) => ({
    [say('Name')]: one.name,
    [say('Kind')]: SECTOR_WORDS[one.sector],
    [say('State')]: standingOf(one),
    [say('Safety checks')]: LEVEL_WORDS[one.assuredLevel],
    [say('Checked until')]: one.assuredUntil,
    [say('Services')]: one.publishedListings,
  }),
});

const standingOf = (one: ProviderView): string => {
  if (one.closedForGoodOn !== null) return say('Closed');
  if (one.paused) return say('Paused');
  return one.answeredFor ? '' : say('Nobody answers for it');
};

/** Groups that help: who answers for each, what it offers, whether it is paused or gone. */
@ApiExcludeController()
@Controller('desk/groups')
export class GroupPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
    private readonly queries: ProvidersQueries,
    private readonly providers: ProvidersService,
    private readonly closures: Closures,
    private readonly listings: ListingsQueries,
    private readonly groupLinks: GroupLinks,
    private readonly linkQueries: SurveysQueries,
  ) {}

  @Get()
  @Can('provider.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const list = {
      asked,
      query: await readQuery(ProviderListQuery, asked),
      read: (query: ProviderListQuery) => this.queries.list(actor, query),
      count: (query: ProviderListQuery) => this.queries.count(actor, query),
    };
    await this.lists.show(reply, actor, 'managers/pages/groups.njk', GROUPS, list, (items) => ({
      title: say('Groups'),
      items,
      form: { values: asked, wrong: {} },
      sectors: [{ value: '', text: say('Any kind') }, ...choicesOf(SECTOR_WORDS)],
      words: { sector: SECTOR_WORDS, level: LEVEL_WORDS },
    }));
  }

  @Get(':id')
  @Can('provider.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const group = await this.queries.get(actor, id);
    const seesAll = reachOf('listing.list', actor.role) !== 'none';
    await this.desk.show(reply, actor, 200, 'managers/pages/group.njk', {
      title: group.name,
      group,
      services: seesAll ? (await this.listings.list(actor, { organisationId: id, limit: 100 })).items : [],
      words: {
        sector: SECTOR_WORDS,
        level: LEVEL_WORDS,
        answersBy: ANSWERS_BY_WORDS,
        closure: CLOSURE_WORDS,
        state: LISTING_STATE_WORDS,
        colour: LISTING_STATE_COLOURS,
      },
    });
  }

  @Get(':id/links')
  @Can('groupLink.list')
  async links(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.linksPage(reply, actor, id, newForm({ purpose: 'survey' }));
  }

  @Post(':id/links')
  @Can('groupLink.make')
  async makeLink(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await validated(MakeGroupLink, {
          ...shapeOf(MakeGroupLink, sent(body)),
          organisationId: id,
        });
        await this.groupLinks.make(actor, input);
        return `${ADDRESS}/${id}/links`;
      },
      (form) => this.linksPage(reply, actor, id, form),
    );
  }

  @Post(':id/links/:linkId/end')
  @Can('groupLink.make')
  async endLink(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('linkId') linkId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.groupLinks.revoke(actor, linkId);
        return `${ADDRESS}/${id}/links`;
      },
      (form) => this.linksPage(reply, actor, id, form),
    );
  }

  private async linksPage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const group = await this.queries.get(actor, id);
    const { items } = await this.linkQueries.links(actor, { organisationId: id, limit: 25 });
    await this.desk.show(reply, actor, form.status, 'managers/pages/group-links.njk', {
      title: say('Links for {{name}}', { name: group.name }),
      group,
      form,
      live: items.filter(({ address }) => address !== null).map((link) => ({ link, form: newForm() })),
      over: items.filter(({ address }) => address === null),
      purposes: choicesOf(LINK_PURPOSE_WORDS),
      words: { purpose: LINK_PURPOSE_WORDS },
    });
  }

  @Get(':id/contact')
  @Can('provider.amend')
  async askForContact(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.contactPage(reply, actor, id, null);
  }

  @Post(':id/contact')
  @Can('provider.amend')
  async saveContact(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      (body) => this.amend(actor, id, body),
      (form) => this.contactPage(reply, actor, id, form),
    );
  }

  @Get(':id/pause')
  @Can('provider.amend')
  async askForPause(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.pausePage(reply, actor, id, null);
  }

  @Post(':id/pause')
  @Can('provider.amend')
  async pause(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      (body) => this.amend(actor, id, body),
      (form) => this.pausePage(reply, actor, id, form),
    );
  }

  @Get(':id/close')
  @Can('provider.closeForGood')
  async askBeforeClosing(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.closePage(reply, actor, id, newForm());
  }

  @Post(':id/close')
  @Can('provider.closeForGood')
  async close(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.closures.closeForGood(actor, id, await readForm(CloseForGood, body))}`,
      (form) => this.closePage(reply, actor, id, form),
    );
  }

  @Get(':id/reopen')
  @Can('provider.reopen')
  async askBeforeReopening(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.reopenPage(reply, actor, id, newForm());
  }

  @Post(':id/reopen')
  @Can('provider.reopen')
  async reopen(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.closures.reopen(actor, id, await readForm(ReopenProvider, body))}`,
      (form) => this.reopenPage(reply, actor, id, form),
    );
  }

  private async amend(actor: MemberActor, id: string, body: unknown): Promise<string> {
    await this.providers.amend(actor, id, versionIn(body), await readChange(AmendProvider, body));
    return `${ADDRESS}/${id}`;
  }

  private async contactPage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form | null,
  ): Promise<void> {
    const group = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form?.status ?? 200, 'managers/pages/group-contact.njk', {
      title: say('Contact of {{name}}', { name: group.name }),
      group,
      form: form
        ? overtaken(form, { id: group.organisationId, version: group.version })
        : newForm(contactAsTyped(group), group.version),
      now: form ? contactNow(group, form) : [],
      ways: choicesOf(ANSWERS_BY_WORDS),
    });
  }

  private async pausePage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form | null,
  ): Promise<void> {
    const group = await this.queries.get(actor, id);
    const known = {
      ...dayAsTyped('pausedFrom', group.pausedFrom),
      ...dayAsTyped('pausedUntil', group.pausedUntil),
    };
    await this.desk.show(reply, actor, form?.status ?? 200, 'managers/pages/group-pause.njk', {
      title: say('Pause {{name}}', { name: group.name }),
      group,
      form: form
        ? overtaken(form, { id: group.organisationId, version: group.version })
        : newForm(known, group.version),
    });
  }

  private async closePage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const group = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/group-close.njk', {
      title: say('Close {{name}} for good', { name: group.name }),
      group,
      form,
      reasons: choicesOf(CLOSURE_WORDS),
    });
  }

  private async reopenPage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const group = await this.queries.get(actor, id);
    const asked: AskedReason = {
      title: say('Open {{name}} again', { name: group.name }),
      back: { text: group.name, href: `${ADDRESS}/${id}` },
      says: say(
        'Its services are again as they were. People stay with their link workers, who may offer them again.',
      ),
      action: `${ADDRESS}/${id}/reopen`,
      label: say('Why was it no closing after all? The group can read it.'),
      buttonText: say('Open it again'),
      form,
    };
    await this.desk.show(reply, actor, form.status, 'managers/pages/reason.njk', asked);
  }
}

/** A date in the three boxes of a form. */
function dayAsTyped(name: string, date: string | null | undefined): Record<string, string> {
  const [year = '', month = '', day = ''] = (date ?? '').split('-');
  return { [`${name}.day`]: day, [`${name}.month`]: month, [`${name}.year`]: year };
}

/** What somebody else has put there of it meanwhile. */
function contactNow(group: ProviderView, form: Form): { label: string; value: string | null | undefined }[] {
  const otherwise = standsOtherwise(group, form);
  const { answersBy, contactShared, replyWithinDays } = group;
  const phone = group.contactPhone ?? null;
  const now: { name: keyof AmendProvider; label: string; value: string | null | undefined }[] = [
    { name: 'contactName', label: say('Who answers for the group'), value: group.contactName },
    { name: 'contactEmail', label: say('E-mail address'), value: group.contactEmail },
    { name: 'contactPhone', label: say('Phone'), value: phone && spokenPhone(phone) },
    {
      name: 'answersBy',
      label: say('How it is asked and answers'),
      value: answersBy && ANSWERS_BY_WORDS[answersBy],
    },
    {
      name: 'contactShared',
      label: say('Others read or answer this address or number too'),
      value: contactShared ? say('Yes') : say('No'),
    },
    {
      name: 'replyWithinDays',
      label: say('Replies within'),
      value:
        replyWithinDays === undefined
          ? null
          : sayCount(replyWithinDays, '1 working day', '{{count}} working days'),
    },
    { name: 'howToWorkWithUs', label: say('How to work with them'), value: group.howToWorkWithUs },
  ];
  return now.filter(({ name }) => otherwise(name));
}
