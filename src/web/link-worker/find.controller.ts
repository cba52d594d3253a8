import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SendGroupsInput } from '../../client-page/sent-groups.dto.js';
import { SentGroupsQueries } from '../../client-page/sent-groups.queries.js';
import { SentGroups } from '../../client-page/sent-groups.service.js';
import { GapInput } from '../../onward-referrals/gap.dto.js';
import { Gaps } from '../../onward-referrals/gaps.service.js';
import { KeepInput, MatchQuery, type MatchesPage } from '../../onward-referrals/matching.dto.js';
import { MatchingQueries } from '../../onward-referrals/matching.queries.js';
import { Shortlists } from '../../onward-referrals/shortlists.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Choice, Uuid } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { without } from '../../platform/pure/without.js';
import { NEEDS, type Need } from '../../platform/words/needs.js';
import { type ListingShown, SearchQuery, type SearchPage } from '../../providers/listing.dto.js';
import { ListingSearch } from '../../providers/listing-search.queries.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, sent, take, wrongForm } from '../layout/forms.js';
import { choicesOf, languageInWords, NEED_WORDS, ONWARD_STATE_WORDS } from '../layout/words.js';
import { type Listed, Maps } from '../map/maps.js';
import { OFFERED_LANGUAGES } from '../my/my.words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { ACCESS_WORDS } from '../reply/reply.words.js';
import {
  COST_WORDS,
  DAY_WORDS,
  EVERY_WORDS,
  FARTHER,
  FOR_WHOM_WORDS,
  GAP_WORDS,
  MILES,
  PLACES_WORDS,
  SETTING_WORDS,
  SHORTLIST_ANSWER_WORDS,
  STANDING_WORDS,
} from './groups.words.js';
import { capitalised } from './groups.page.js';
import { CODE_WORDS, noEntryInWords, NOT_SENT_WORDS } from './person-messages.words.js';
import { say, sayAll, sayCount } from '../words/staff/staff-words.js';

const NOTED = sayAll({
  gap: 'Noted. Managers see it among the gaps, and it closes when something that fits starts.',
  signpost: 'Noted: they were told about it.',
} as const);

class FindQuery extends MatchQuery {
  @Choice(Object.keys(NOTED), { optional: true })
  noted?: keyof typeof NOTED;
}

class DirectoryQuery extends SearchQuery {
  @Choice(Object.keys(NOTED), { optional: true })
  noted?: keyof typeof NOTED;
}

class GapQuery {
  @Choice(NEEDS, { optional: true })
  need?: Need;

  @Uuid({ optional: true })
  referralId?: string;
}

/** Finding a group: for the person of a referral, with every reason why and why not; or on its own. */
@ApiExcludeController()
@Controller('desk')
export class FindController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly matching: MatchingQueries,
    private readonly directory: ListingSearch,
    private readonly shortlists: Shortlists,
    private readonly sending: SentGroupsQueries,
    private readonly sentGroups: SentGroups,
    private readonly gaps: Gaps,
    private readonly maps: Maps,
  ) {}

  @Get('referrals/:id/find')
  @Can('listing.match')
  async find(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const address = `/desk/referrals/${id}/find`;
    let query: FindQuery = {};
    let found: MatchesPage | null = null;
    let form: Form = newForm(sent(asked));
    try {
      query = await readQuery(FindQuery, asked);
      found = await this.matching.search(actor, id, without(query, 'noted'));
    } catch (error) {
      form = wrongForm(error, asked);
    }
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/find.njk', {
      title: say('Find a group for referral {{reference}}', { reference: person.current.reference }),
      form,
      person,
      referral: person.current,
      address,
      found,
      cards: found?.items ?? [],
      map: await this.maps.of(actor.schemeId, listed(found?.items.map(({ listing }) => listing) ?? [])),
      next: found?.next && nextPage(address, { ...asked, noted: '' }, found.next),
      farther: this.farther(address, asked),
      back: reply.request.url.includes('?') ? reply.request.url.slice(reply.request.url.indexOf('?')) : '',
      notice: query.noted && NOTED[query.noted],
      ...this.filters(person.language),
    });
  }

  @Post('referrals/:id/shortlist')
  @Can('shortlist.keep')
  async keep(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.shortlists.keep(actor, id, await readForm(KeepInput, body));
        return backTo(`/desk/referrals/${id}/find`, body);
      },
      (form) => this.kept(reply, actor, id, form),
    );
  }

  @Get('referrals/:id/shortlist')
  @Can('shortlist.list')
  async shortlist(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.kept(reply, actor, id, newForm());
  }

  @Get('referrals/:id/shortlist/send')
  @Can('shortlist.send')
  async toSend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendForm(reply, actor, id, newForm());
  }

  /** It leads to what was written to them, where it can be taken back until it goes. */
  @Post('referrals/:id/shortlist/send')
  @Can('shortlist.send')
  async send(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.sentGroups.send(actor, id, await readForm(SendGroupsInput, body));
        const { id: clientId } = await this.heads.ofReferral(actor, id);
        return `/desk/people/${clientId}/write#written`;
      },
      (form) => this.sendForm(reply, actor, id, form),
    );
  }

  @Post('referrals/:id/shortlist/:listingId/drop')
  @Can('shortlist.drop')
  async drop(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.shortlists.drop(actor, id, listingId);
        return `/desk/referrals/${id}/shortlist`;
      },
      (form) => this.kept(reply, actor, id, form),
    );
  }

  @Get('find')
  @Can('listing.search')
  async groups(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    let query: DirectoryQuery = {};
    let found: SearchPage | null = null;
    let form: Form = newForm(sent(asked));
    try {
      query = await readQuery(DirectoryQuery, asked);
      found = await this.directory.search(actor, without(query, 'noted'));
    } catch (error) {
      form = wrongForm(error, asked);
    }
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/groups.njk', {
      title: say('Find a group'),
      form,
      address: '/desk/find',
      found,
      cards: found?.items ?? [],
      map: await this.maps.of(actor.schemeId, listed(found?.items ?? [])),
      next: found?.next && nextPage('/desk/find', { ...asked, noted: '' }, found.next),
      farther: this.farther('/desk/find', asked),
      filtered: Object.keys(query).length > 0,
      notice: query.noted && NOTED[query.noted],
      ...this.filters(null),
    });
  }

  @Get('gap')
  @Can('gap.record')
  async askGap(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { need = '', referralId = '' } = await readQuery(GapQuery, asked);
    await this.gapForm(reply, actor, newForm({ need, referralId }));
  }

  @Post('gap')
  @Can('gap.record')
  async noteGap(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(GapInput, body);
        await this.gaps.record(actor, input);
        const back = input.referralId ? `/desk/referrals/${input.referralId}/find` : '/desk/find';
        return `${back}?noted=gap`;
      },
      (form) => this.gapForm(reply, actor, form),
    );
  }

  private async kept(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const items = await this.matching.shortlist(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/shortlist.njk', {
      title: say('Groups kept in mind for referral {{reference}}', { reference: person.current.reference }),
      form,
      person,
      referral: person.current,
      items,
      words: WORDS,
    });
  }

  private async sendForm(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const { groups, ways, sentToday, words } = await this.sending.sending(actor, id);
    const open = ways.filter(({ because }) => because === null);
    const ready = groups.filter(({ because }) => because === null);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/shortlist-send.njk', {
      title: say('Send groups to think about, referral {{reference}}', {
        reference: person.current.reference,
      }),
      // Those they have said nothing to are what somebody means to send.
      form: {
        ...form,
        values: {
          channel: open[0]?.channel ?? '',
          ...(form.status === 200
            ? { listingIds: ready.filter(({ answer }) => answer === null).map((one) => one.listingId) }
            : {}),
          ...form.values,
        },
      },
      person,
      referral: person.current,
      groups: ready.map(({ listingId, name, organisationName }) => ({
        value: listingId,
        text: name,
        hint: { text: organisationName },
      })),
      left: groups.flatMap(({ name, because }) =>
        because === null ? [] : [{ text: name, because: NOT_SENT_WORDS[because] }],
      ),
      ways: open.map(({ channel }) => ({ value: channel, text: CODE_WORDS[channel] })),
      closed: ways.flatMap(({ channel, because }) =>
        because === null ? [] : [{ text: CODE_WORDS[channel], because: noEntryInWords(because) }],
      ),
      sentToday,
      says: words,
      words: WORDS,
    });
  }

  private async gapForm(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/gap.njk', {
      title: say('Tell us about a gap'),
      form,
      needs: choicesOf(NEED_WORDS),
      reasons: choicesOf(GAP_WORDS),
      languages: languages(null),
    });
  }

  private filters(language: string | null): object {
    return {
      choices: {
        needs: [
          { value: '', text: language === null ? say('Anything') : say('What they were referred for') },
          ...choicesOf(NEED_WORDS),
        ],
        miles: [
          { value: '', text: say('Any distance') },
          ...MILES.map((value) => ({ value, text: sayCount(Number(value), '1 mile', '{{count}} miles') })),
        ],
        days: [{ value: '', text: say('Any day') }, ...choicesOf(DAY_WORDS)],
        costs: [{ value: '', text: say('Any cost') }, ...choicesOf(COST_WORDS)],
        settings: [{ value: '', text: say('Any setting') }, ...choicesOf(SETTING_WORDS)],
        languages: languages(language),
        access: choicesOf(ACCESS_WORDS).map(({ value, text }) => ({ value, text: capitalised(text) })),
      },
      words: WORDS,
    };
  }

  private farther(address: string, asked: Record<string, string>): { miles: string; href: string } | null {
    const miles = FARTHER[asked['withinMiles'] ?? ''];
    return miles === undefined
      ? null
      : { miles, href: nextPage(address, { ...asked, withinMiles: miles }, '') };
  }
}

const WORDS = {
  need: NEED_WORDS,
  reach: REACH_WORDS,
  standing: STANDING_WORDS,
  places: PLACES_WORDS,
  cost: COST_WORDS,
  setting: SETTING_WORDS,
  forWhom: FOR_WHOM_WORDS,
  day: DAY_WORDS,
  every: EVERY_WORDS,
  access: ACCESS_WORDS,
  offered: ONWARD_STATE_WORDS,
  answer: SHORTLIST_ANSWER_WORDS,
};

/** As the map numbers them, each leading to its card. */
const listed = (services: readonly ListingShown[]): Listed[] =>
  services.map(({ id, name, point }) => ({ name, href: `#g${id}`, point }));

/** The person's own first, where it is not among those most asked for. */
function languages(own: string | null): { value: string; text: string }[] {
  const codes =
    own === null || OFFERED_LANGUAGES.includes(own) ? OFFERED_LANGUAGES : [own, ...OFFERED_LANGUAGES];
  return [
    { value: '', text: say('Any language') },
    ...codes.map((value) => ({ value, text: languageInWords(value) })),
  ];
}

/** The list one came from, under the same filters: our own addresses carry nothing else. */
function backTo(address: string, body: unknown): string {
  const query = (body as Record<string, unknown>)['_back'];
  return typeof query === 'string' && /^\?[\w=&%.+-]{1,500}$/.test(query) ? address + query : address;
}
