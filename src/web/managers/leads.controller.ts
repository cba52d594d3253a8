import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SafeguardingQueries } from '../../clients/safeguarding.queries.js';
import { Safeguarding } from '../../clients/safeguarding.service.js';
import { UsersQueries } from '../../identity/users.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Uuid } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { CARERS, carersOf } from './carers.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/safeguarding-leads';

class NameLeadInput {
  @Uuid()
  membershipId: string;
}

/** Who is rung about a worry, and deals with it: named here, and on every page on which a worry is written down. */
@ApiExcludeController()
@Controller('desk/safeguarding-leads')
export class SafeguardingLeadsController {
  constructor(
    private readonly desk: Desk,
    private readonly safeguarding: Safeguarding,
    private readonly queries: SafeguardingQueries,
    private readonly users: UsersQueries,
  ) {}

  @Get()
  @Can('safeguarding.lead')
  async list(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, actor, newForm());
  }

  @Post()
  @Can('safeguarding.lead')
  async name(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.safeguarding.nameLead(actor, (await readForm(NameLeadInput, body)).membershipId);
        return ADDRESS;
      },
      (form) => this.show(reply, actor, form),
    );
  }

  @Post(':id/end')
  @Can('safeguarding.lead')
  async end(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async () => {
        await this.safeguarding.endLead(actor, id);
        return ADDRESS;
      },
      (form) => this.show(reply, actor, form),
    );
  }

  private async show(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const { leads } = await this.queries.words(actor);
    const team = await this.users.list(actor, { role: [...CARERS], limit: 100 });
    const named = leads.map(({ membershipId }) => membershipId);
    await this.desk.show(reply, actor, form.status, 'managers/pages/leads.njk', {
      title: say('Safeguarding leads'),
      form,
      leads: leads.map((lead) => ({ lead, form: newForm() })),
      choices: [
        { value: '', text: say('Choose one') },
        ...carersOf(team.items).filter(({ value }) => !named.includes(value)),
      ],
    });
  }
}
