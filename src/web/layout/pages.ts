import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyView from '@fastify/view';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import nunjucks from 'nunjucks';
import { PROOF } from '../../identity/kept-form.rules.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Config } from '../../platform/config/config.js';
import { ERROR_VOICES } from '../../platform/errors/voices.js';
import { currentLanguage, readIn } from '../../platform/http/request-context.js';
import type { RequestWithActor } from '../../permissions/can.decorator.js';
import { isPage, isStaffPage } from '../../platform/http/pages.js';
import { withoutMarks } from '../../platform/pure/marks.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { drawOnce } from './drawn-before.js';
import { agoInWords, dayInWords, freshnessInWords, momentInWords } from './dates.js';
import { faultNamed } from './forms.js';
import { FLAG_WORDS, languageInWords, spokenNhsNumber } from './words.js';
import { FONTS, RIGHT_TO_LEFT_STYLESHEET, STYLESHEET } from './assets.js';
import { keepChoice, languageLinks, speechFor, staffLanguageFor } from '../words/choice.js';
import { escaped, inPage } from '../words/in-page.js';
import type { Freshness } from '../../providers/listing.types.js';
import { type Key, type Speech, speechBy } from '../words/speech.js';
import { say, sayAgain, sayAll, sayCount, staffFile, withEnglishMarked } from '../words/staff/staff-words.js';
import { StaffTemplates } from '../words/staff/staff-templates.js';
import { READING } from '../words/staff/template-tree.js';

const HERE = fileURLToPath(new URL('..', import.meta.url));
/** The macros of nhsuk-frontend: its markup and manners. Its name, logo, font and colours stay the NHS's own. */
const MACROS = dirname(dirname(createRequire(import.meta.url).resolve('nhsuk-frontend')));

const ERRORS: Record<number, { heading: string; text: string }> = sayAll({
  404: {
    heading: 'We cannot find that page',
    text: 'Check the address, or open the link in your message again.',
  },
  403: {
    heading: 'Your role does not include this',
    text: 'Or this form was open for too long. Go back, load the page again, and try once more.',
  },
  409: {
    heading: 'That is not possible now',
    text: 'Somebody may have been here before you. Load the page again.',
  },
  410: {
    heading: 'This link does not work any more',
    text: 'It was used, ran out, or was withdrawn. Ask whoever sent it for a new one.',
  },
  412: { heading: 'Somebody changed this', text: 'Load the page again to see both versions.' },
  413: { heading: 'That is too large', text: 'Shorten the text, or choose a smaller file.' },
});
/** The same to those who sign in: out of reach and not there read alike. */
const STAFF_ERRORS: Record<number, { text: string }> = sayAll({
  404: { text: 'Or that person. Check the address; it may also be somebody who is not in your reach.' },
});

/** The end of what the log calls the request: short enough to read out on the telephone. */
const referenceOf = (requestId: string): string => requestId.slice(-6).toUpperCase();

/** `seconds` until what was refused may be sent again. */
const tooMany = (seconds: number) => {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return {
    heading: say('Too many tries'),
    text: sayCount(
      minutes,
      'Nothing was lost: what was saved before stays saved. Please try again in a minute. If you had just sent a form, go back then and send it again.',
      'Nothing was lost: what was saved before stays saved. Please try again in {{count}} minutes. If you had just sent a form, go back then and send it again.',
    ),
  };
};
const REFUSED = sayAll({ heading: 'That did not work', text: 'Go back and try again. Nothing was saved.' });
const FAULT = sayAll({
  heading: 'Sorry, something went wrong',
  text: 'Nothing was saved. Please try again in a few minutes.',
});

/** What a template puts in; `speech` where the page is there in every language. */
/** `readOnce`: in the language of somebody else than whoever sits here, so it is not remembered in this browser. */
export type PageData = Record<string, unknown> & { speech?: Speech; readOnce?: boolean };

declare module 'fastify' {
  interface FastifyInstance {
    staffTemplates?: StaffTemplates;
  }
}

/** Every page of the product is shown here, in one layout and under the same rules about keeping and telling. */
@Injectable()
export class Pages implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    // Absent in a process without HTTP, such as the worker alone.
    const adapter = this.host.httpAdapter as HttpAdapterHost['httpAdapter'] | undefined;
    const server = adapter?.getInstance<FastifyInstance | undefined>();
    // Not waited for: that would make the server ready before Nest has given its routes the error filter.
    void server?.register(fastifyView, {
      engine: { nunjucks },
      templates: [HERE, MACROS],
      options: {
        ...READING,
        autoescape: true,
        onConfigure: (environment: nunjucks.Environment) => {
          this.equip(environment);
        },
      },
    });
    server?.decorate(
      'staffTemplates',
      new StaffTemplates(HERE, MACROS, (environment) => {
        this.equip(environment);
      }),
    );
    server?.addHook('preHandler', (request, _reply, done) => {
      if (isStaffPage(request.url)) readIn(staffLanguageFor(request));
      done();
    });
    // What is no page, such as a file of rows, has no markup to say that a word of it is English.
    server?.addHook('onSend', (_request, _reply, payload, done) => {
      done(null, currentLanguage() !== 'en' && typeof payload === 'string' ? withoutMarks(payload) : payload);
    });
  }

  /**
   * How long ago it was, with exactly when behind it: shown under a pointer, by a tap and by the keyboard, read out, and on
   * paper. What is so long ago that it is said by its day already has its hour behind it, if it has one.
   */
  private ago(told: Date | string | null | undefined): nunjucks.runtime.SafeString | string {
    if (!told) return '';
    // What came out of JSON has its moments as texts; a day is one anyway.
    const when = typeof told === 'string' && told.includes('T') ? new Date(told) : told;
    const [at, exactly] =
      typeof when === 'string' ? [when, dayInWords(when)] : [when.toISOString(), momentInWords(when)];
    const said = agoInWords(when, this.clock.now());
    const markup =
      said === exactly
        ? `<time datetime="${at}">${escaped(said)}</time>`
        : `<time class="betony-ago" datetime="${at}" tabindex="0">${escaped(said)}<span class="betony-exactly">, ${escaped(exactly)}</span></time>`;
    return new nunjucks.runtime.SafeString(markup);
  }

  /** What templates of every language have. */
  private equip(environment: nunjucks.Environment): void {
    drawOnce(environment);
    environment.addFilter('fault', faultNamed);
    environment.addFilter('phone', spokenPhone);
    environment.addFilter('count', (number: number) => number.toLocaleString('en-GB'));
    environment.addFilter('day', dayInWords);
    environment.addFilter('moment', momentInWords);
    environment.addFilter('ago', (when: Date | string | null | undefined) => this.ago(when));
    environment.addFilter('freshness', (of: Freshness) => freshnessInWords(of, londonDate(this.clock.now())));
    environment.addFilter('nhsNumber', spokenNhsNumber);
    environment.addFilter('ours', sayAgain);
    environment.addFilter('language', languageInWords);
    environment.addFilter('flag', (code: keyof typeof FLAG_WORDS) => FLAG_WORDS[code]);
  }

  /**
   * Shows a page. Nobody keeps it, and no site behind a link on it learns its address. One that is there in every
   * language leads to itself in each.
   */
  async show(reply: FastifyReply, status: number, template: string, data: PageData): Promise<void> {
    if ((data.speech || isStaffPage(reply.request.url)) && !data.readOnce)
      keepChoice(reply, this.config.publicUrl.startsWith('https:'));
    const html = await render(reply, template, data);
    reply
      .status(status)
      .type('text/html; charset=utf-8')
      .headers({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex, nofollow',
      })
      .compress(html);
  }

  /** Hands a page over as a file that stands by itself, to be kept by whoever asked for it. */
  async download(
    reply: FastifyReply,
    name: string,
    template: string,
    data: { speech: Speech } & object,
  ): Promise<void> {
    // For whoever asked for it, not for the member of staff who hands it over.
    const html = await reply.server.view(template, { ...layoutIn(reply, data.speech), ...data });
    await reply
      .type('text/html; charset=utf-8')
      .headers({ 'cache-control': 'no-store', 'content-disposition': `attachment; filename="${name}"` })
      .send(html.replace(NO_WRITING, ''));
  }
}

/** What is no writing may not stand in HTML, also where somebody is shown what they typed. */
const NO_WRITING = /[^\P{Cc}\t\n\r]/gu;

async function render(reply: FastifyReply, template: string, data: PageData): Promise<string> {
  // By the server: the answer to an address that could not be read is no answer of the server's own kind.
  const shown = (reply.server.staffTemplates?.find(template) ?? template) as string;
  const html = await reply.server.view(shown, { ...layoutIn(reply, data.speech), ...data });
  return withEnglishMarked(html.replace(NO_WRITING, ''));
}

/** What every layout puts in. A page of staff is in the language they chose; another that is there in English alone is all in English. */
function layoutIn(reply: FastifyReply, chosen: Speech | undefined) {
  const speech = chosen ?? speechBy(currentLanguage());
  const languages = chosen ? languageLinks(reply.request, speech) : [];
  return {
    stylesheet: speech.direction === 'rtl' ? RIGHT_TO_LEFT_STYLESHEET : STYLESHEET,
    ...inPage(speech),
    page: {
      tag: chosen ? speech.tag : staffFile(currentLanguage()).file.locale,
      direction: speech.direction,
      fonts: FONTS[speech.language],
      draft: chosen?.draft ?? staffFile(currentLanguage()).file.state === 'machine_draft',
      languages,
      english: languages.find(({ code }) => code === 'en')?.to,
    },
  };
}

/** There, what went wrong carries the way to leave as well. */
const OWN_PAGE = /^\/my([/?]|$)/;
const OWN_FAILURES: readonly number[] = [403, 404, 409, 410, 413, 503];

function ownFailure(
  status: number,
  seconds: number,
  most: string | null,
  t: Speech['t'],
): { heading: string; text: string } {
  if (status === 429) {
    const count = Math.max(1, Math.ceil(seconds / 60));
    return { heading: t('failed.429.heading'), text: t('failed.429.text', { count }) };
  }
  const kind = OWN_FAILURES.includes(status) ? String(status) : status < 500 ? 'refused' : 'fault';
  const said = (part: 'heading' | 'text'): Key => `failed.${kind as '404'}.${part}`;
  const first = most === null ? '' : `${t('failed.413.most', { most })} `;
  return { heading: t(said('heading')), text: `${first}${t(said('text'))}` };
}

function inEnglish(status: number, seconds: number, most: string | null): { heading: string; text: string } {
  if (most !== null || status === 503)
    return ownFailure(status, seconds, most, speechBy(currentLanguage()).t);
  if (status === 429) return tooMany(seconds);
  return ERRORS[status] ?? (status < 500 ? REFUSED : FAULT);
}

const GROUP_PAGE = /^\/desk\/group([/?]|$)/;
/** A page of groups, and every other on which somebody of a group is: their own account is one of everybody's. */
const isOfGroup = (request: FastifyReply['request'] & RequestWithActor): boolean =>
  request.actor ? request.actor.role === 'provider_member' : GROUP_PAGE.test(request.url);

/** What of a form can be sent once more from the page that says why it was not taken: a minute later, nothing was lost. */
function toSendAgain({ method, url, body }: FastifyReply['request']) {
  if (method !== 'POST' || typeof body !== 'object' || body === null) return null;
  const fields = Object.entries(body).flatMap(([name, value]) =>
    [value as unknown].flat().map((one) => ({ name, value: one })),
  );
  const whole = fields.every(({ name, value }) => typeof value === 'string' && !PROOF.test(name));
  return whole ? { to: url, fields } : null;
}

ERROR_VOICES.push({
  speaks: isPage,
  page: (reply, status, most) => {
    const seconds = Number(reply.getHeader('retry-after') ?? 60);
    const { url } = reply.request;
    // Where a fault of ours was on the way, too: what came through all the same is not done a second time.
    const again = status === 503 || status === 500 ? toSendAgain(reply.request) : null;
    // Whoever comes without signing in, and people of groups who do, read it in the language they chose.
    if (!isStaffPage(url) || isOfGroup(reply.request)) {
      const speech = speechFor(reply.request);
      const words = ownFailure(status, seconds, most, speech.t);
      const template = OWN_PAGE.test(url) ? 'my/pages/message.njk' : 'layout/error.njk';
      const reported =
        status === 500
          ? speech.t('failed.fault.reference', { reference: referenceOf(reply.request.id) })
          : null;
      const way = OWN_PAGE.test(url) ? { to: '/my', text: speech.t('common.backToFirst') } : null;
      return render(reply, template, { ...words, again, way, reported, title: words.heading, speech });
    }
    const words = inEnglish(status, seconds, most);
    return render(reply, 'layout/error.njk', {
      ...words,
      ...STAFF_ERRORS[status],
      title: words.heading,
      again,
      home: '/desk',
      reference: status === 500 ? referenceOf(reply.request.id) : null,
    });
  },
});
