import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { REGISTER_MAX } from '../../onward-referrals/register.types.js';
import { ReplyCodes } from '../../onward-referrals/reply-codes.service.js';
import { ReplyLinks } from '../../onward-referrals/reply-links.service.js';
import { type RegisterByLink, ReplyQueries } from '../../onward-referrals/reply.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { seenIn, take } from '../layout/forms.js';
import { GroupAnswers, type Said, type Sent } from '../reply/group-answers.js';
import { registerOvertaken, registerPage } from '../reply/register.page.js';
import { fields } from '../reply/reply.forms.js';
import { noticeOf } from '../reply/reply.parts.js';
import { speechFor } from '../words/choice.js';
import type { Key, Speech } from '../words/speech.js';
import { CodesTyped } from './codes-typed.js';
import { cameBack, GroupFrame, type Shown } from './group-frame.js';

const addressOf = (id: string): string => `/desk/group/registers/${id}`;
const AFTER: Record<NonNullable<Said> | 'code' | 'rings-you', string> = {
  thanks: '',
  saved: '?saved=signed',
  replaced: '?saved=replaced',
  undone: '?saved=undone',
  'not-reached': '',
  code: '?code=sent',
  'rings-you': '/rings-you',
};

/** Where somebody of the group says that they are worried, and that we ring. */
const FORMS: Partial<Record<string, string>> = {
  worried: 'reply/pages/worried.njk',
  'rings-you': 'reply/pages/rings-you.njk',
};

/** Who came to a session, for whoever of the group signs in: the page behind a register's link, however long it is. */
@ApiExcludeController()
@Controller('desk/group/registers')
export class OurRegistersController {
  constructor(
    private readonly frame: GroupFrame,
    private readonly queries: ReplyQueries,
    private readonly answers: GroupAnswers,
    private readonly codes: ReplyCodes,
    private readonly typed: CodesTyped,
    private readonly links: ReplyLinks,
  ) {}

  @Get(':id')
  @Can('groupPage.use')
  async one(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('saved') saved: unknown,
    @Query('code') code: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const shown = { codeSent: code === 'sent', ...noticeOf(saved, speechFor(reply.request)) };
    await this.page(reply, actor, id, shown);
  }

  @Get(':id/:form')
  @Can('groupPage.use')
  async form(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('form') form: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const template = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
    if (template === undefined) throw Refusal.notFound();
    await this.show(reply, actor, id, template, 'reply.title.worried', {});
  }

  @Post(':id/:verb')
  @Can('groupPage.use')
  async keep(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('verb') verb: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const speech = speechFor(reply.request);
    await take(
      reply,
      async (body) => {
        const said = await this.done(actor, id, verb, fields(body), speech);
        return said === null ? addressOf(id) : `${addressOf(id)}${AFTER[said]}`;
      },
      (form) => this.page(reply, actor, id, { ...cameBack(form, verb, speech), codeSent: verb === 'open' }),
    );
  }

  private async done(
    actor: MemberActor,
    id: string,
    verb: string,
    sent: Sent,
    speech: Speech,
  ): Promise<Said | 'code' | 'rings-you'> {
    const view = await this.register(actor, id);
    switch (verb) {
      case 'save':
        return this.answers.keepRegister(actor, id, view, sent, false, speech, seenIn(sent));
      case 'done':
        return this.answers.keepRegister(actor, id, view, sent, true, speech, seenIn(sent));
      case 'off':
        return this.answers.keepRegister(actor, id, view, null, true, speech, seenIn(sent));
      case 'undo':
        return this.answers.reopenRegister(actor, id, view);
      case 'worried':
        await this.links.worried(actor, { kind: 'register', id });
        return 'rings-you';
      case 'code':
        await this.codes.send(actor);
        return 'code';
      case 'open':
        await this.typed.enter(actor, sent['code'], speech);
        return null;
      default:
        throw Refusal.notFound();
    }
  }

  private async register(actor: MemberActor, id: string): Promise<RegisterByLink> {
    return this.queries.register(actor, id, {
      shared: false,
      passed: await this.codes.passedSignedIn(actor),
    });
  }

  private page(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    shown: Shown & { codeSent?: boolean },
  ): Promise<void> {
    return this.show(reply, actor, id, 'reply/pages/register.njk', 'reply.title.register', shown);
  }

  private async show(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    template: string,
    title: Key,
    shown: Shown & { codeSent?: boolean },
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const view = await this.register(actor, id);
    const data = {
      base: addressOf(id),
      ...registerPage(view, shown.values ?? {}, speech, REGISTER_MAX),
      canTell: true,
      ...(shown.status === 412 ? { notice: registerOvertaken(view, speech) } : {}),
      title: speech.t(title),
    };
    await this.frame.show(reply, template, data, shown);
  }
}
