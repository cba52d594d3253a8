import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { TemplatesQuery, TemplateTestInput } from '../../reminders/message.dto.js';
import { LANGUAGES } from '../../reminders/message.words.js';
import { previewOf, previews } from '../../reminders/template-previews.js';
import { TemplateTests } from '../../reminders/template-tests.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, readQuery, take } from '../layout/forms.js';
import { languageInWords } from '../layout/words.js';
import { CHANNEL_WORDS } from './health.words.js';
import { templateInWords } from './templates.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/templates';

/** Every message as somebody would get it, and a test to one's own address. */
@ApiExcludeController()
@Controller('desk/templates')
export class TemplatePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly tests: TemplateTests,
  ) {}

  @Get()
  @Can('template.preview')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { language = 'en' } = await readQuery(TemplatesQuery, asked);
    await this.desk.show(reply, actor, 200, 'managers/pages/templates.njk', {
      title: say('Messages'),
      filter: { values: { language }, wrong: {} },
      items: previews(language).map((message) => ({ message, ...templateInWords(message.name) })),
      languages: LANGUAGES.map((code) => ({ value: code, text: languageInWords(code) })),
      words: { channel: CHANNEL_WORDS },
    });
  }

  @Get('one')
  @Can('template.preview')
  async look(
    @CurrentActor() actor: MemberActor,
    @Query() { sent, ...asked }: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const which = await readQuery(TemplateTestInput, asked);
    const notice = sent === undefined ? null : say('A test is on its way to your own address.');
    await this.page(reply, actor, which, newForm(), notice);
  }

  @Post('test')
  @Can('template.test')
  async test(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const which = await readForm(TemplateTestInput, reply.request.body);
    await take(
      reply,
      async () => {
        await this.tests.ask(actor, which);
        return `${ADDRESS}/one?${new URLSearchParams({ name: which.name, language: which.language, sent: '' }).toString()}`;
      },
      (form) => this.page(reply, actor, which, form, null),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    { name, language }: TemplateTestInput,
    form: Form,
    notice: string | null,
  ): Promise<void> {
    const message = previewOf(name, language);
    if (!message) throw Refusal.notFound();
    const { to, about } = templateInWords(name);
    await this.desk.show(reply, actor, form.status, 'managers/pages/template.njk', {
      title: `${about} (${CHANNEL_WORDS[message.channel as keyof typeof CHANNEL_WORDS].toLowerCase()}, ${languageInWords(language)})`,
      about,
      to,
      message,
      form,
      notice,
      words: { channel: CHANNEL_WORDS },
    });
  }
}
