import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Standing } from '../../outcomes/catalogue.rules.js';
import { MEASURES } from '../../outcomes/measures.catalogue.js';
import { SwitchMeasureInput } from '../../outcomes/questionnaire.dto.js';
import { QuestionnairesService } from '../../outcomes/questionnaires.service.js';
import { ResponsesQueries } from '../../outcomes/responses.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/measures';

const STANDING_WORDS: Record<Standing, { text: string; colour: 'green' | 'grey' }> = sayAll({
  asked: { text: 'Asked', colour: 'green' },
  off: { text: 'Switched off', colour: 'grey' },
  locked: { text: 'Needs your licence', colour: 'grey' },
  retired: { text: 'No longer asked', colour: 'grey' },
  from_plan: { text: 'Comes from the plan', colour: 'green' },
});

/** What people are asked about how they are, and what a scheme asks besides what every scheme asks. */
@ApiExcludeController()
@Controller('desk/measures')
export class MeasurePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly responses: ResponsesQueries,
    private readonly questionnaires: QuestionnairesService,
  ) {}

  @Get()
  @Can('measure.list')
  async look(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.page(reply, actor, newForm());
  }

  @Post()
  @Can('measure.switch')
  async switch(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.questionnaires.switch(actor, await readForm(SwitchMeasureInput, body));
        return ADDRESS;
      },
      (form) => this.page(reply, actor, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    await this.desk.show(reply, actor, form.status, 'managers/pages/measures.njk', {
      title: say('Questions about how people are'),
      form,
      other: newForm(),
      measures: await this.responses.measures(actor),
      /** Those that are not asked everywhere, and what they wait for. */
      until: Object.fromEntries(MEASURES.map(({ id, until = null }) => [id, until])),
      words: { standing: STANDING_WORDS },
    });
  }
}
