import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { FactorPolicies } from '../../identity/factor-policy.queries.js';
import { AskStaffInput, RefuseStaffInput, StaffRequestsQuery } from '../../identity/staff.dto.js';
import { StaffQueries } from '../../identity/staff.queries.js';
import { StaffRequests } from '../../identity/staff-requests.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import {
  FACTOR_POLICY_WORDS,
  policyWord,
  STAFF_REQUEST_STATE_WORDS,
  STAFF_REQUEST_WORDS,
} from './practice.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const HERE = '/desk/practice/staff';
const REQUESTS = '/desk/staff-requests';

const DONE: Record<string, string> = sayAll({
  asked: 'Asked. You will see here what came of it.',
  withdrawn: 'Taken back.',
});

/** Who works at a practice, whom it asks to be let in, and how that is answered. */
@ApiExcludeController()
@Controller('desk')
export class StaffPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly queries: StaffQueries,
    private readonly requests: StaffRequests,
    private readonly policies: FactorPolicies,
  ) {}

  @Get('practice/staff')
  @Can('staff.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Query('done') done: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const notice = typeof done === 'string' && Object.hasOwn(DONE, done) ? DONE[done] : null;
    await this.page(reply, actor, newForm(), notice);
  }

  @Post('practice/staff')
  @Can('staffRequest.make')
  async ask(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.requests.ask(actor, await readForm(AskStaffInput, body));
        return `${HERE}?done=asked`;
      },
      (form) => this.page(reply, actor, form),
    );
  }

  @Post('staff-requests/:id/withdraw')
  @Can('staffRequest.make')
  async withdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.requests.withdraw(actor, id);
        return `${HERE}?done=withdrawn`;
      },
      (form) => this.page(reply, actor, form),
    );
  }

  @Get('staff-requests')
  @Can('staffRequest.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(StaffRequestsQuery, asked);
    const page = await this.queries.requests(actor, query);
    await this.desk.show(reply, actor, 200, 'practice/pages/staff-requests.njk', {
      title: say('Who practices ask for'),
      items: page.items,
      next: page.next && nextPage(REQUESTS, asked, page.next),
      further: query.after !== undefined,
      open: query.state?.join() === 'open',
      words: { kind: STAFF_REQUEST_WORDS, state: STAFF_REQUEST_STATE_WORDS },
    });
  }

  @Get('staff-requests/:id')
  @Can('staffRequest.list')
  async one(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.onePage(reply, actor, id, newForm());
  }

  @Post('staff-requests/:id/grant')
  @Can('staffRequest.settle')
  async grant(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${REQUESTS}/${await this.requests.grant(actor, id)}`,
      (form) => this.onePage(reply, actor, id, form),
    );
  }

  @Post('staff-requests/:id/refuse')
  @Can('staffRequest.settle')
  async refuse(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { because } = await readForm(RefuseStaffInput, body);
        return `${REQUESTS}/${await this.requests.refuse(actor, id, because)}`;
      },
      (form) => this.onePage(reply, actor, id, form),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    form: Form,
    notice: string | null = null,
  ): Promise<void> {
    const [staff, requests, policy] = await Promise.all([
      this.queries.list(actor),
      this.queries.requests(actor, { limit: 25 }),
      this.policies.of(actor),
    ]);
    await this.desk.show(reply, actor, form.status, 'practice/pages/staff.njk', {
      title: say('Who works here'),
      form,
      /** For the small forms beside it, of which only one is sent. */
      other: newForm(),
      notice,
      staff,
      leaving: choicesOf(
        Object.fromEntries(staff.filter((one) => !one.leaving).map(({ id, name }) => [id, name])),
      ),
      requests: requests.items,
      secondStep: FACTOR_POLICY_WORDS[policyWord(policy)],
      words: { kind: STAFF_REQUEST_WORDS, state: STAFF_REQUEST_STATE_WORDS },
    });
  }

  private async onePage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const asked = await this.queries.request(actor, id);
    await this.desk.show(reply, actor, form.status, 'practice/pages/staff-request.njk', {
      title: `${STAFF_REQUEST_WORDS[asked.kind]}: ${asked.name}`,
      form,
      other: newForm(),
      asked,
      words: { state: STAFF_REQUEST_STATE_WORDS },
    });
  }
}
