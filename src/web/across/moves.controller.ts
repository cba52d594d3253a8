import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  CancelAreaMoveInput,
  DecideAreaMoveInput,
  RecordAreaMoveInput,
} from '../../caseload/area-move.dto.js';
import { AreaMovesQueries } from '../../caseload/area-moves.queries.js';
import { AreaMoves } from '../../caseload/area-moves.service.js';
import { TransfersQueries } from '../../caseload/transfers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { DecidePracticeMoveInput } from '../../referrals/practice-move.dto.js';
import { PracticeMovesQueries } from '../../referrals/practice-moves.queries.js';
import { PracticeMoves } from '../../referrals/practice-moves.service.js';
import { AGREED_CHOICES, besideAgreed, withAgreementIfSaid } from '../layout/agreement.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, sent, take } from '../layout/forms.js';
import { Stops } from '../layout/stops.js';
import { choicesOf } from '../layout/words.js';
import { CLOSE_RESULT_WORDS, NO_RESPONSE_WORDS } from '../link-worker/link-worker.words.js';
import { FEEDBACK_WORDS, REACH_WORDS } from '../practice/practice.words.js';
import { without } from '../../platform/pure/without.js';
import {
  AREA_MOVE_CHOICE_WORDS,
  AREA_MOVE_OUTCOME_WORDS,
  AREA_MOVE_STATE_WORDS,
  AREA_MOVE_VERB_WORDS,
  FORMER_HEARS_WORDS,
} from './across.words.js';
import { say } from '../words/staff/staff-words.js';

/** Somebody changed their practice, or moves out of the area: who hears of them since, and who helps them. */
@ApiExcludeController()
@Controller('desk')
export class MovePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly practiceMoves: PracticeMoves,
    private readonly practiceQueries: PracticeMovesQueries,
    private readonly areaMoves: AreaMoves,
    private readonly areaQueries: AreaMovesQueries,
    private readonly transfers: TransfersQueries,
    private readonly clock: Clock,
    private readonly stops: Stops,
  ) {}

  @Get('people/:id/moves')
  @Can('practiceMove.list')
  async moves(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const practices = await this.practiceQueries.list(actor, id);
    const away = person.current ? await this.areaQueries.list(actor, person.current.id) : [];
    const came = await this.transfers.cameOf(actor, id);
    await this.desk.show(reply, actor, 200, 'across/pages/moves.njk', {
      title: say('Moves, {{reference}}', { reference: person.current?.reference ?? say('no referral') }),
      person,
      practices,
      away,
      came,
      words: {
        reach: REACH_WORDS,
        former: FORMER_HEARS_WORDS,
        feedback: FEEDBACK_WORDS,
        state: AREA_MOVE_STATE_WORDS,
        outcome: AREA_MOVE_OUTCOME_WORDS,
      },
    });
  }

  @Get('practice-moves/:id')
  @Can('practiceMove.list')
  async practice(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.practicePage(
      reply,
      actor,
      id,
      newForm(dayBoxes('agreement.agreedOn', londonDate(this.clock.now()))),
    );
  }

  @Post('practice-moves/:id')
  @Can('practiceMove.decide')
  async decidePractice(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (await this.stops.shown(reply, actor)) return;
    await take(
      reply,
      async (body) => {
        const input = await readForm(DecidePracticeMoveInput, withAgreementIfSaid(sent(body)));
        return `/desk/practice-moves/${await this.practiceMoves.decide(actor, id, input)}`;
      },
      (form) => this.practicePage(reply, actor, id, besideAgreed(form)),
    );
  }

  @Get('referrals/:id/area-move')
  @Can('areaMove.record')
  async askAway(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.awayForm(reply, actor, id, newForm());
  }

  @Post('referrals/:id/area-move')
  @Can('areaMove.record')
  async away(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `/desk/area-moves/${await this.areaMoves.record(actor, id, await readForm(RecordAreaMoveInput, body))}`,
      (form) => this.awayForm(reply, actor, id, form),
    );
  }

  @Get('area-moves/:id')
  @Can('areaMove.list')
  async area(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.areaPage(reply, actor, id, newForm());
  }

  @Post('area-moves/:id/decide')
  @Can('areaMove.decide')
  async decideArea(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `/desk/area-moves/${await this.areaMoves.decide(actor, id, await readForm(DecideAreaMoveInput, body))}`,
      (form) => this.areaPage(reply, actor, id, form),
    );
  }

  @Post('area-moves/:id/cancel')
  @Can('areaMove.decide')
  async cancelArea(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `/desk/area-moves/${await this.areaMoves.cancel(actor, id, await readForm(CancelAreaMoveInput, body))}`,
      (form) => this.areaPage(reply, actor, id, form, true),
    );
  }

  private async practicePage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const move = await this.practiceQueries.get(actor, id);
    const person = await this.heads.of(actor, move.clientId);
    await this.desk.show(reply, actor, form.status, 'across/pages/practice-move.njk', {
      title: say('Another practice, {{reference}}', {
        reference: person.current?.reference ?? say('no referral'),
      }),
      move,
      person,
      form,
      former: choicesOf(FORMER_HEARS_WORDS),
      feedback: choicesOf(FEEDBACK_WORDS),
      agreed: AGREED_CHOICES,
      words: { reach: REACH_WORDS, former: FORMER_HEARS_WORDS, feedback: FEEDBACK_WORDS },
    });
  }

  private async awayForm(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    await this.desk.show(reply, actor, form.status, 'across/pages/area-move-new.njk', {
      title: say('They move away, referral {{reference}}', { reference: person.current.reference }),
      person,
      referral: person.current,
      form,
      words: { reach: REACH_WORDS },
    });
  }

  /** Both forms ask why: whoever was to say why they stay is asked that alone again. */
  private async areaPage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    staying = false,
  ): Promise<void> {
    const move = await this.areaQueries.get(actor, id);
    const person = await this.heads.ofReferral(actor, move.referralId);
    await this.desk.show(reply, actor, form.status, 'across/pages/area-move.njk', {
      title: say('Moving away, referral {{reference}}', { reference: person.current.reference }),
      move,
      person,
      form,
      staying,
      other: newForm(),
      choices: choicesOf(AREA_MOVE_CHOICE_WORDS),
      results: choicesOf(without(CLOSE_RESULT_WORDS, 'died')),
      noResponse: [{ value: '', text: say('Not needed') }, ...choicesOf(NO_RESPONSE_WORDS)],
      words: {
        reach: REACH_WORDS,
        state: AREA_MOVE_STATE_WORDS,
        outcome: AREA_MOVE_OUTCOME_WORDS,
        verb: AREA_MOVE_VERB_WORDS,
      },
    });
  }
}
