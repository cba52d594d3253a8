import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Desk } from '../layout/desk.js';
import { NEED_WORDS } from '../layout/words.js';
import { GAP_WORDS } from '../link-worker/groups.words.js';
import { CLOSE_RESULT_WORDS, END_REASON_WORDS, HOLD_WORDS } from '../link-worker/link-worker.words.js';
import { DECLINE_WORDS, RESULT_WORDS, STOP_WORDS, WITHDRAW_WORDS } from '../link-worker/onward.words.js';
import { LIMIT_WORDS } from '../listing/listing.words.js';
import { RISK_WORDS } from '../practice/practice.words.js';
import { SNOMED } from '../practice/referral.course.js';
import { GAP_ENDING_WORDS } from './managers.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const listed = (heading: string, words: Record<string, string>) => ({ heading, words: Object.values(words) });

const LISTS = sayAll([
  listed('What people want help with', NEED_WORDS),
  listed('Risks that a referrer may know of', RISK_WORDS),
  listed('What a referral came to', CLOSE_RESULT_WORDS),
  listed('Why a referral ended', END_REASON_WORDS),
  listed('Why a referral is on hold', HOLD_WORDS),
  listed('Why a group says no', DECLINE_WORDS),
  listed('Why an offer is taken back', WITHDRAW_WORDS),
  listed('Why somebody stops going', STOP_WORDS),
  listed('What came of going to a group', RESULT_WORDS),
  listed('Whom a group does not take', LIMIT_WORDS),
  listed('Why a need could not be met', GAP_WORDS),
  listed('Why a gap closes', GAP_ENDING_WORDS),
]);

/** The lists that everybody chooses from. They are the same everywhere, so that figures can be compared. */
@ApiExcludeController()
@Controller('desk/lists')
export class ListPagesController {
  constructor(private readonly desk: Desk) {}

  @Get()
  @Can('scheme.read')
  async look(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.desk.show(reply, actor, 200, 'managers/pages/lists.njk', {
      title: say('Lists to choose from'),
      lists: LISTS,
      codes: SNOMED,
    });
  }
}
