import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SafetyNumbersQueries } from '../../identity/safety-numbers.queries.js';
import { Public } from '../../permissions/can.decorator.js';
import { LimitPerAddress, LimitTakenPerAddress } from '../../platform/http/rate-limit.js';
import type { OpenScheme } from '../../providers/published-services.queries.js';
import { SelfReferralInput } from '../../referrals/referral.dto.js';
import { ReferralSending } from '../../referrals/referral-sending.service.js';
import { asksAgain, type Form, newForm, readForm, take } from '../layout/forms.js';
import { stopIn } from '../layout/stops.js';
import { Pages } from '../layout/pages.js';
import { choicesOf } from '../layout/words.js';
import { OFFERED_LANGUAGES } from '../my/my.words.js';
import { type Door, PublicSchemes } from './public-schemes.js';
import { accessWords, interpreterWords, myNeedWords } from './public.words.js';
import { speechFor } from '../words/choice.js';
import type { Speech } from '../words/speech.js';
import { spokenForm } from '../words/spoken-form.js';

const READS: [number, number] = [120, 10];
/** As the same route of the API. */
const WRITES: [number, number] = [10, 60];
const REFERENCE = /^[0-9B-Z]{4}-[0-9B-Z]{4}$/;

/** Somebody asks for support for themselves, or types for somebody who does. A scheme may switch it off. */
@ApiExcludeController()
@Controller('self-referral')
export class SelfReferralController {
  constructor(
    private readonly pages: Pages,
    private readonly schemes: PublicSchemes,
    private readonly sending: ReferralSending,
    private readonly numbers: SafetyNumbersQueries,
  ) {}

  @Get(['', ':scheme'])
  @Public()
  @LimitPerAddress(...READS)
  async ask(
    @Param('scheme') given: string | undefined,
    @Query('sent') sent: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const scheme = await this.schemes.at(reply, given, DOOR);
    if (!scheme) return;
    if (typeof sent !== 'string' || !REFERENCE.test(sent)) {
      const { language } = speechFor(reply.request);
      return this.show(reply, scheme, newForm({ 'client.language': language }));
    }
    const speech = speechFor(reply.request);
    await this.pages.show(reply, 200, 'public/pages/asked.njk', {
      speech,
      title: speech.t('reply.title.thanks'),
      schemeName: scheme.name,
      reference: sent,
      find: `/find/${scheme.id}`,
      privacy: privacyOf(scheme),
    });
  }

  @Post(['', ':scheme'])
  @Public()
  @LimitTakenPerAddress(WRITES, (body) => stopIn(body) === null && !asksAgain(body), READS[0])
  async send(@Param('scheme') given: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const scheme = await this.schemes.at(reply, given, DOOR);
    if (!scheme) return;
    const stop = stopIn(reply.request.body);
    if (stop) {
      const speech = speechFor(reply.request);
      await this.pages.show(reply, 422, 'public/pages/stop.njk', {
        speech,
        title: speech.t('selfReferral.stop.title'),
        stop,
        back: `/self-referral/${scheme.id}`,
        numbers: await this.numbers.of(scheme.id),
      });
      return;
    }
    await take(
      reply,
      async (body) => {
        const input = await readForm(SelfReferralInput, body);
        return `/self-referral/${scheme.id}?sent=${await this.sending.submit(scheme.id, input)}`;
      },
      (form) => this.show(reply, scheme, form),
    );
  }

  private async show(reply: FastifyReply, scheme: OpenScheme, given: Form): Promise<void> {
    const speech = speechFor(reply.request);
    const { t, nameOf } = speech;
    const form = toTheYoung(spokenForm(given, speech), scheme, speech);
    await this.pages.show(reply, form.status, 'public/pages/self-referral.njk', {
      speech,
      title: t(DOOR.title),
      form,
      errors: form.errors.length > 0 ? form.errors : wholeProblem(form),
      schemeName: scheme.name,
      numbers: await this.numbers.of(scheme.id),
      minimumAge: scheme.minimumAge,
      action: `/self-referral/${scheme.id}`,
      privacy: privacyOf(scheme),
      needs: choicesOf(myNeedWords(t)),
      access: choicesOf(accessWords(speech)),
      interpreters: choicesOf(interpreterWords(t)),
      languages: OFFERED_LANGUAGES.map((value) => ({ value, text: nameOf(value) })),
    });
  }
}

const DOOR = {
  address: '/self-referral',
  title: 'selfReferral.title',
  only: ({ takesSelfReferrals }) => takesSelfReferrals,
} satisfies Door;

const privacyOf = ({ id }: OpenScheme): string => `/privacy/people/${id}`;

const FOOTING = 'client.underAgeBasis';

/** What a professional is asked of somebody young, as the young person is told it. */
function toTheYoung(form: Form, { minimumAge }: OpenScheme, { t }: Speech): Form {
  if (form.wrong[FOOTING] === undefined) return form;
  const text = t('selfReferral.young.wrong', { age: minimumAge });
  const href = `#${FOOTING}`;
  return {
    ...form,
    wrong: { ...form.wrong, [FOOTING]: text },
    errors: form.errors.map((error) => (error.href === href ? { text, href } : error)),
  };
}

/** What no single answer is to blame for stands above all of them. */
const wholeProblem = ({ notice }: Form): { text: string; href: string }[] =>
  notice === null ? [] : [{ text: notice, href: '#couldComeToHarm' }];
