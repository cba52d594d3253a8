import { randomBytes } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../permissions/can.decorator.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Choice, Choices, LanguageCode, NumberInQuery, Postcode, Text } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { outwardCode } from '../../platform/pure/postcode.js';
import { without } from '../../platform/pure/without.js';
import { ACCESS_NEEDS, type AccessNeed } from '../../platform/words/access.js';
import { NEEDS, type Need } from '../../platform/words/needs.js';
import { FOR_WHOM, type ForWhom, type Setting, SETTINGS } from '../../providers/listing.types.js';
import { WEEKDAYS, type Weekday } from '../../providers/provider.types.js';
import {
  type Nearest,
  type OpenScheme,
  PublishedServices,
} from '../../providers/published-services.queries.js';
import { type Form, newForm, readForm, sent, wrongForm } from '../layout/forms.js';
import { Pages } from '../layout/pages.js';
import { choicesOf } from '../layout/words.js';
import { type MapOfPlaces, Maps } from '../map/maps.js';
import { policyFor } from '../map/policy.js';
import { OFFERED_LANGUAGES } from '../my/my.words.js';
import { speechFor } from '../words/choice.js';
import type { Speech } from '../words/speech.js';
import { spokenForm } from '../words/spoken-form.js';
import { type Door, PublicSchemes } from './public-schemes.js';
import {
  accessWords,
  cardOf,
  forWhomWords,
  myNeedWords,
  type PublicCard,
  settingWords,
  weekdayIn,
} from './public.words.js';

const OFTEN: [number, number] = [120, 10];
/** As many as a phone scrolls through. */
const PAGE = 20;
const MOST_PAGES = 500;
const MILES = ['2', '5', '10', '20'] as const;
const METRES_IN_A_MILE = 1609.344;

class FinderInput {
  @Choice(NEEDS, { optional: true })
  need?: Need;

  @Text({ optional: true, max: 100 })
  text?: string;

  @Postcode({ optional: true })
  postcode?: string;

  @Choice(MILES, { optional: true })
  withinMiles?: (typeof MILES)[number];

  @Choice(WEEKDAYS, { optional: true })
  day?: Weekday;

  @Choices(['free', 'hasPlaces'], { optional: true })
  only?: ('free' | 'hasPlaces')[];

  @Choice(ACCESS_NEEDS, { optional: true })
  access?: AccessNeed;

  @LanguageCode({ optional: true })
  language?: string;

  @Choice(FOR_WHOM, { optional: true })
  forWhom?: ForWhom;

  @Choice(SETTINGS, { optional: true })
  setting?: Setting;

  @NumberInQuery({ optional: true, min: 1, max: MOST_PAGES })
  page?: number;
}

/**
 * What there is nearby, for anybody: what a scheme has published for everybody, as its open feed tells it. What somebody
 * looks for is sent as a form: others use the same phone, and addresses are kept there.
 */
@ApiExcludeController()
@Controller('find')
export class FinderController {
  constructor(
    private readonly pages: Pages,
    private readonly published: PublishedServices,
    private readonly schemes: PublicSchemes,
    private readonly maps: Maps,
  ) {}

  @Get(['', ':scheme'])
  @Public()
  @LimitPerAddress(...OFTEN)
  async ask(@Param('scheme') given: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const scheme = await this.schemes.at(reply, given, DOOR);
    if (scheme) await this.show(reply, scheme, newForm(), null);
  }

  @Post(['', ':scheme'])
  @Public()
  @HttpCode(200)
  @LimitPerAddress(...OFTEN)
  async look(
    @Param('scheme') given: string | undefined,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const scheme = await this.schemes.at(reply, given, DOOR);
    if (!scheme) return;
    let found: Found;
    try {
      const input = await readForm(FinderInput, body);
      if (input.withinMiles !== undefined && input.postcode === undefined)
        throw Refusal.invalidField('postcode', POSTCODE_NEEDED);
      found = await this.found(scheme.id, input, speechFor(reply.request));
    } catch (error) {
      return this.show(reply, scheme, wrongForm(error, body), null);
    }
    await this.show(reply, scheme, newForm(without(sent(body), 'page')), found);
  }

  @Get(':scheme/services/:id')
  @Public()
  @LimitPerAddress(...OFTEN)
  async one(@Id('scheme') given: string, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    const scheme = await this.schemes.at(reply, given, DOOR);
    const service = scheme && (await this.published.current(scheme.id, id));
    if (!service) throw Refusal.notFound();
    const speech = speechFor(reply.request);
    const { t, nameOf } = speech;
    await this.pages.show(reply, 200, 'public/pages/service.njk', {
      speech,
      title: service.name,
      card: cardOf({ ...service, miles: null }, speech),
      needs: service.needs.map((need) => t(`reply.need.${need}`)),
      access: service.access.map((one) => t(`reply.access.${one}`)),
      languages: service.languages.map(nameOf),
      back: `/find/${scheme.id}`,
      ask: askAt(scheme),
    });
  }

  private async found(schemeId: string, input: FinderInput, speech: Speech): Promise<Found> {
    const { need, text = null, postcode, withinMiles, only = [], access, page = 1 } = input;
    const { day = null, language = null, forWhom = null, setting = null } = input;
    const point = postcode === undefined ? null : await this.published.pointOf(postcode);
    const covering = postcode === undefined ? null : { outward: outwardCode(postcode), point };
    const filter = {
      ...{ text, day, language, forWhom, setting, covering },
      needs: need === undefined ? null : [need],
      access: access === undefined ? null : [access],
      cost: only.includes('free') ? ('free' as const) : null,
      hasPlaces: only.includes('hasPlaces'),
      volunteerRoles: false,
      ...(withinMiles !== undefined && point !== null ? near(point, Number(withinMiles)) : {}),
    };
    const slice = { limit: PAGE, offset: (page - 1) * PAGE };
    const { services, total, ...rest } = await this.published.nearest(schemeId, filter, point, slice);
    return {
      ...rest,
      cards: services.map((service) => cardOf(service, speech)),
      total,
      page,
      pages: Math.ceil(total / PAGE),
      unknownPlace: postcode !== undefined && point === null,
    };
  }

  private async show(
    reply: FastifyReply,
    scheme: OpenScheme,
    given: Form,
    found: Found | null,
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const { t, nameOf } = speech;
    const form = spokenForm(given, speech);
    const services = `/find/${scheme.id}/services`;
    const map = await this.maps.of(
      scheme.id,
      (found?.cards ?? []).map(({ service: { id, name, latitude: lat, longitude: lon } }) => ({
        name,
        href: `${services}/${id}`,
        point: lat === null || lon === null ? null : { lat, lon },
      })),
    );
    const nonce = randomBytes(16).toString('base64');
    // Without a map there is no script, as on every other page for anybody.
    if (map) void reply.header('content-security-policy', policyFor(nonce, map));
    const anyOr = (choices: { value: string; text: string }[]) => [
      { value: '', text: t('finder.any') },
      ...choices,
    ];
    await this.pages.show(reply, form.status, 'public/pages/find.njk', {
      speech,
      map,
      mapWords: map && mapWords(map, speech),
      nonce,
      title: found === null ? t(DOOR.title) : titleOf(found, t),
      form,
      errors: form.errors,
      found,
      action: `/find/${scheme.id}`,
      services,
      ask: askAt(scheme),
      asked: Object.entries(form.values).flatMap(([name, value]) =>
        [value].flat().map((one) => ({ name, value: one })),
      ),
      needs: anyOr(choicesOf(myNeedWords(t))),
      miles: anyOr(MILES.map((value) => ({ value, text: value }))),
      days: anyOr(choicesOf(weekdayIn(speech))),
      only: choicesOf({ free: t('finder.free'), hasPlaces: t('finder.hasPlaces') }),
      access: anyOr(choicesOf(accessWords(speech))),
      languages: anyOr(OFFERED_LANGUAGES.map((value) => ({ value, text: nameOf(value) }))),
      forWhom: anyOr(choicesOf(forWhomWords(t))),
      settings: anyOr(choicesOf(settingWords(t))),
    });
  }
}

/** Whatever keeps its place to itself is not told to be near. */
const near = ({ lat, lon }: { lat: number; lon: number }, miles: number) => ({
  near: { lat, lon, metres: miles * METRES_IN_A_MILE },
  located: true,
});

const mapWords = ({ missing, sources }: MapOfPlaces, { t }: Speech) => ({
  way: t('finder.map.way'),
  numbers: t('finder.map.numbers'),
  missing: missing.length > 0 ? t('finder.map.missing', { numbers: missing.join(', ') }) : null,
  keys: t('finder.map.keys'),
  outlines: t('finder.map.outlines', { sources: sources.join('; ') }),
});

const DOOR = { address: '/find', title: 'finder.title' } satisfies Door;

/** As the table of what is wrong with answers has it. */
const POSTCODE_NEEDED = 'Enter a postcode to look so many miles from it';

interface Found extends Omit<Nearest, 'services'> {
  cards: PublicCard[];
  page: number;
  pages: number;
  unknownPlace: boolean;
}

/** Where somebody asks for support, if this scheme takes it from people themselves. */
const askAt = ({ id, takesSelfReferrals }: OpenScheme): string | null =>
  takesSelfReferrals ? `/self-referral/${id}` : null;

const titleOf = ({ cards, total }: Found, t: Speech['t']): string =>
  cards.length === 0 ? t('finder.none') : t('finder.found', { number: total });
