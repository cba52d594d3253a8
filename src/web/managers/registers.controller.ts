import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CorrectRegisterInput, type RegisterView } from '../../onward-referrals/register.dto.js';
import type { RegisterState } from '../../onward-referrals/register.types.js';
import { RegistersQueries } from '../../onward-referrals/registers.queries.js';
import { Registers } from '../../onward-referrals/registers.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { ListingsQueries } from '../../providers/listings.queries.js';
import { dayInWords } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  nextPage,
  ofVersion,
  readForm,
  readQuery,
  seenIn,
  take,
} from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { ATTENDANCE_WORDS } from '../link-worker/onward.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/registers';

/** Who came to the sessions of a service, as its group said, and what a manager puts right in it. */
@ApiExcludeController()
@Controller('desk')
export class RegisterPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly listings: ListingsQueries,
    private readonly queries: RegistersQueries,
    private readonly registers: Registers,
  ) {}

  @Get('listings/:id/registers')
  @Can('register.keep')
  async list(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(PageQuery, asked);
    const listing = await this.listings.get(actor, id);
    const { items, next } = await this.queries.list(actor, id, query);
    await this.desk.show(reply, actor, 200, 'managers/pages/registers.njk', {
      title: say('Who came: {{name}}', { name: listing.name }),
      listing,
      items,
      next: next && nextPage(`/desk/listings/${id}/registers`, asked, next),
      further: query.after !== undefined,
      words: { state: REGISTER_STATE_WORDS, colour: REGISTER_STATE_COLOURS },
    });
  }

  @Get('registers/:id')
  @Can('register.keep')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const register = await this.queries.get(actor, id);
    const called = new Map(register.people.map((person) => [person.onwardReferralId, person.calledBy]));
    await this.desk.show(reply, actor, 200, 'managers/pages/register.njk', {
      title: titleOf(register),
      session: sessionOf(register),
      register,
      corrections: [...register.corrections].reverse().map((correction) => ({
        correction,
        at: new Date(correction.at),
        calledBy: called.get(correction.onwardReferralId) ?? say('Somebody who has finished since'),
      })),
      words: { result: ATTENDANCE_WORDS, state: REGISTER_STATE_WORDS, colour: REGISTER_STATE_COLOURS },
    });
  }

  @Get('registers/:id/people/:onwardReferralId')
  @Can('register.correct')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('onwardReferralId') onwardReferralId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.form(reply, actor, id, onwardReferralId, newForm());
  }

  @Post('registers/:id/people/:onwardReferralId')
  @Can('register.correct')
  async correct(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('onwardReferralId') onwardReferralId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(CorrectRegisterInput, { ...(body as object), onwardReferralId });
        return `${ADDRESS}/${await this.registers.correct(actor, id, input, seenIn(body))}`;
      },
      (form) => this.form(reply, actor, id, onwardReferralId, form),
    );
  }

  private async form(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    onwardReferralId: string,
    sent: Form,
  ): Promise<void> {
    const register = await this.queries.get(actor, id);
    const person = register.people.find((one) => one.onwardReferralId === onwardReferralId);
    if (!person || person.result === null) throw Refusal.notFound();
    await this.desk.show(reply, actor, sent.status, 'managers/pages/register-correct.njk', {
      title: say('Put right for {{name}}', { name: person.calledBy }),
      register,
      session: sessionOf(register),
      person,
      form: ofVersion(sent, register),
      results: choicesOf(ATTENDANCE_WORDS).filter(
        ({ value }) => person.people > 1 || value !== person.result,
      ),
      words: { result: ATTENDANCE_WORDS },
    });
  }
}

const sessionOf = ({ listing }: RegisterView): string => say('Who came: {{name}}', { name: listing.name });

const titleOf = ({ listing, sessionOn }: RegisterView): string =>
  say('Who came on {{day}}: {{name}}', { day: dayInWords(sessionOn), name: listing.name });

const REGISTER_STATE_WORDS: Record<RegisterState, string> = sayAll({
  open: 'Not finished yet',
  final: 'Finished',
});

const REGISTER_STATE_COLOURS: Record<RegisterState, string> = { open: 'yellow', final: 'green' };
