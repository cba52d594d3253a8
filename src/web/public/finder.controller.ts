import { randomBytes } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../permissions/can.decorator.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Choice, Postcode, Text } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { outwardCode } from '../../platform/pure/postcode.js';
import { NEEDS, type Need } from '../../platform/words/needs.js';
import { WEEKDAYS, type Weekday } from '../../providers/provider.types.js';
import {
  type Nearest,
  type OpenScheme,
  PublishedServices,
} from '../../providers/published-services.queries.js';
import { type Form, newForm, readForm, sent, wrongForm } from '../layout/forms.js';
import { Pages } from '../layout/pages.js';
import { Maps } from '../map/maps.js';
import { policyFor } from '../map/policy.js';
import { choicesOf, NEED_WORDS } from '../layout/words.js';
import { DAY_WORDS } from '../link-worker/groups.words.js';
import { ACCESS_WORDS } from '../reply/reply.words.js';
import { type Door, PublicSchemes } from './public-schemes.js';
import { cardOf, type PublicCard } from './public.words.js';

const OFTEN: [number, number] = [120, 10];
/** As many as a phone scrolls through; whoever wants fewer says what for. */
const MOST = 20;

class FinderInput {
  @Choice(NEEDS, { optional: true })
  need?: Need;

  @Text({ optional: true, max: 100 })
  text?: string;

  @Postcode({ optional: true })
  postcode?: string;

  @Choice(WEEKDAYS, { optional: true })
  day?: Weekday;

  @Choice(['free'], { optional: true })
  cost?: 'free';
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
    let input: FinderInput;
    try {
      input = await readForm(FinderInput, body);
    } catch (error) {
      return this.show(reply, scheme, wrongForm(error, body), null);
    }
    await this.show(reply, scheme, newForm(sent(body)), await this.found(scheme.id, input));
  }

  @Get(':scheme/services/:id')
  @Public()
  @LimitPerAddress(...OFTEN)
  async one(@Id('scheme') given: string, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    const scheme = await this.schemes.at(reply, given, DOOR);
    const service = scheme && (await this.published.current(scheme.id, id));
    if (!service) throw Refusal.notFound();
    await this.pages.show(reply, 200, 'public/pages/service.njk', {
      title: service.name,
      card: cardOf({ ...service, miles: null }),
      needs: service.needs.map((need) => NEED_WORDS[need]),
      access: service.access.map((one) => ACCESS_WORDS[one]),
      back: `/find/${scheme.id}`,
      ask: askAt(scheme),
    });
  }

  private async found(schemeId: string, input: FinderInput): Promise<Found> {
    const { need, text = null, postcode, day = null, cost = null } = input;
    const point = postcode === undefined ? null : await this.published.pointOf(postcode);
    const covering = postcode === undefined ? null : { outward: outwardCode(postcode), point };
    const needs = need === undefined ? null : [need];
    const filter = { text, day, cost, covering, needs, volunteerRoles: false };
    const { services, ...rest } = await this.published.nearest(schemeId, filter, point, MOST);
    const unknownPlace = postcode !== undefined && point === null;
    return { cards: services.map(cardOf), unknownPlace, ...rest };
  }

  private async show(
    reply: FastifyReply,
    scheme: OpenScheme,
    form: Form,
    found: Found | null,
  ): Promise<void> {
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
    await this.pages.show(reply, form.status, 'public/pages/find.njk', {
      map,
      nonce,
      title: found === null ? DOOR.title : titleOf(found),
      form,
      errors: form.errors,
      found,
      action: `/find/${scheme.id}`,
      services,
      ask: askAt(scheme),
      needs: [{ value: '', text: 'Anything' }, ...choicesOf(NEED_WORDS)],
      days: [{ value: '', text: 'Any day' }, ...choicesOf(DAY_WORDS)],
    });
  }
}

const DOOR = { address: '/find', title: 'finder.title' } satisfies Door;

interface Found extends Omit<Nearest, 'services'> {
  cards: PublicCard[];
  unknownPlace: boolean;
}

/** Where somebody asks for support, if this scheme takes it from people themselves. */
const askAt = ({ id, takesSelfReferrals }: OpenScheme): string | null =>
  takesSelfReferrals ? `/self-referral/${id}` : null;

function titleOf({ cards, more }: Found): string {
  if (cards.length === 0) return 'No groups found';
  if (more) return `The first ${String(cards.length)} groups`;
  return cards.length === 1 ? '1 group found' : `${String(cards.length)} groups found`;
}
