import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyView from '@fastify/view';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import nunjucks from 'nunjucks';
import { ERROR_VOICES } from '../../platform/errors/voices.js';
import { isPage } from '../../platform/http/pages.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { dayInWords, momentInWords } from './dates.js';
import { FLAG_WORDS, languageInWords, spokenNhsNumber } from './words.js';
import { STYLESHEET } from './assets.js';

const HERE = fileURLToPath(new URL('..', import.meta.url));
/** The macros of nhsuk-frontend: its markup and manners. Its name, logo, font and colours stay the NHS's own. */
const MACROS = dirname(dirname(createRequire(import.meta.url).resolve('nhsuk-frontend')));

const ERRORS: Record<number, { heading: string; text: string }> = {
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
};
/** `seconds` until what was refused may be sent again. */
const tooMany = (seconds: number) => {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return {
    heading: 'Too many tries',
    text: `Nothing was lost: what was saved before stays saved. Please try again in ${minutes === 1 ? 'a minute' : `${String(minutes)} minutes`}. If you had just sent a form, go back then and send it again.`,
  };
};
const REFUSED = { heading: 'That did not work', text: 'Go back and try again. Nothing was saved.' };
const FAULT = {
  heading: 'Sorry, something went wrong',
  text: 'Nothing was saved. Please try again in a few minutes.',
};

/** Every page of the product is shown here, in one layout and under the same rules about keeping and telling. */
@Injectable()
export class Pages implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    // Absent in a process without HTTP, such as the worker alone.
    const adapter = this.host.httpAdapter as HttpAdapterHost['httpAdapter'] | undefined;
    const server = adapter?.getInstance<FastifyInstance | undefined>();
    // Not waited for: that would make the server ready before Nest has given its routes the error filter.
    void server?.register(fastifyView, {
      engine: { nunjucks },
      templates: [HERE, MACROS],
      options: {
        autoescape: true,
        trimBlocks: true,
        lstripBlocks: true,
        onConfigure: (environment: nunjucks.Environment) => {
          environment.addFilter('phone', spokenPhone);
          environment.addFilter('day', dayInWords);
          environment.addFilter('moment', momentInWords);
          environment.addFilter('nhsNumber', spokenNhsNumber);
          environment.addFilter('language', languageInWords);
          environment.addFilter('flag', (code: keyof typeof FLAG_WORDS) => FLAG_WORDS[code]);
        },
      },
    });
  }

  /** Shows a page. Nobody keeps it, and no site behind a link on it learns its address. */
  async show(reply: FastifyReply, status: number, template: string, data: object): Promise<void> {
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
  async download(reply: FastifyReply, name: string, template: string, data: object): Promise<void> {
    const html = await render(reply, template, data);
    await reply
      .type('text/html; charset=utf-8')
      .headers({ 'cache-control': 'no-store', 'content-disposition': `attachment; filename="${name}"` })
      .send(html);
  }
}

/** What is no writing may not stand in HTML, also where somebody is shown what they typed. */
const NO_WRITING = /[^\P{Cc}\t\n\r]/gu;

async function render(reply: FastifyReply, template: string, data: object): Promise<string> {
  // By the server: the answer to an address that could not be read is no answer of the server's own kind.
  const html = await reply.server.view(template, { stylesheet: STYLESHEET, ...data });
  return html.replace(NO_WRITING, '');
}

/** There, what went wrong carries the way to leave as well. */
const OWN_PAGE = /^\/my([/?]|$)/;

ERROR_VOICES.push({
  speaks: isPage,
  page: (reply, status) => {
    const words =
      status === 429
        ? tooMany(Number(reply.getHeader('retry-after') ?? 60))
        : (ERRORS[status] ?? (status < 500 ? REFUSED : FAULT));
    const own = OWN_PAGE.test(reply.request.url);
    const template = own ? 'my/pages/message.njk' : 'layout/error.njk';
    return render(reply, template, { ...words, title: words.heading });
  },
});
