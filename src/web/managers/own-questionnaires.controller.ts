import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { QuestionnaireQuery, RetireQuestionnaireInput } from '../../outcomes/questionnaire.dto.js';
import type { QuestionnaireState } from '../../outcomes/questionnaire.types.js';
import { QuestionnairesQueries } from '../../outcomes/questionnaires.queries.js';
import { QuestionnairesService } from '../../outcomes/questionnaires.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import {
  besideBoxes,
  inFull,
  MOST_QUESTIONS,
  PlainQuestionnaire,
  questionsSent,
} from './own-questionnaires.form.js';
import type { AskedReason } from './reason.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/own-questionnaires';

const STATES: Record<QuestionnaireState, { text: string; colour: 'yellow' | 'green' | 'grey' }> = sayAll({
  draft: { text: 'Draft', colour: 'yellow' },
  published: { text: 'Asked', colour: 'green' },
  retired: { text: 'No longer asked', colour: 'grey' },
});

/** Questions that a scheme wrote itself: drafted, asked from a day on, and no longer asked. */
@ApiExcludeController()
@Controller('desk/own-questionnaires')
export class OwnQuestionnairesController {
  constructor(
    private readonly desk: Desk,
    private readonly queries: QuestionnairesQueries,
    private readonly questionnaires: QuestionnairesService,
  ) {}

  @Get()
  @Can('questionnaire.make')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(QuestionnaireQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, 200, 'managers/pages/own-questionnaires.njk', {
      title: say('Our own questions'),
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      words: { state: STATES },
    });
  }

  @Get('new')
  @Can('questionnaire.make')
  async ask(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const begins = { kind: 'scale', min: '0', max: '10', rule: 'sum', direction: 'higher_better' };
    await this.newPage(reply, actor, newForm(begins));
  }

  @Post('new')
  @Can('questionnaire.make')
  async draft(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    reply.request.body = questionsSent(reply.request.body);
    await take(
      reply,
      async (body) => {
        const input = inFull(await readForm(PlainQuestionnaire, body));
        return `${ADDRESS}/${await besideBoxes(() => this.questionnaires.draft(actor, input))}`;
      },
      (form) => this.newPage(reply, actor, form),
    );
  }

  @Get(':id')
  @Can('questionnaire.make')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post(':id/publish')
  @Can('questionnaire.make')
  async publish(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.questionnaires.publish(actor, id)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Post(':id/discard')
  @Can('questionnaire.make')
  async discard(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.questionnaires.discard(actor, id);
        return ADDRESS;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get(':id/retire')
  @Can('questionnaire.make')
  async askBeforeRetiring(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.retirePage(reply, actor, id, newForm());
  }

  @Post(':id/retire')
  @Can('questionnaire.make')
  async retire(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(RetireQuestionnaireInput, body);
        return `${ADDRESS}/${await this.questionnaires.retire(actor, id, input)}`;
      },
      (form) => this.retirePage(reply, actor, id, form),
    );
  }

  private async newPage(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const used = Object.keys(form.values).filter((name) => /^questions\.\d+\.text$/.test(name)).length;
    await this.desk.show(reply, actor, form.status, 'managers/pages/own-questionnaire-new.njk', {
      title: say('Write questions of our own'),
      form,
      rows: Array.from({ length: Math.min(MOST_QUESTIONS, Math.max(10, used)) }, (_, index) => index),
    });
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const one = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/own-questionnaire.njk', {
      title: say('{{title}}, version {{number}}', { title: one.title, number: one.number }),
      one,
      form,
      words: { state: STATES },
    });
  }

  private async retirePage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const { title } = await this.queries.get(actor, id);
    const asked: AskedReason = {
      title: say('Stop asking {{title}}', { title }),
      back: { text: title, href: `${ADDRESS}/${id}` },
      says: say('Answers that were given stay, and are still compared.'),
      action: `${ADDRESS}/${id}/retire`,
      label: say('Why?'),
      name: 'because',
      buttonText: say('Stop asking it'),
      warns: true,
      form,
    };
    await this.desk.show(reply, actor, form.status, 'managers/pages/reason.njk', asked);
  }
}
