import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Desk } from '../layout/desk.js';
import { ACROSS, type Place } from './places.js';
import { say, sayAll } from '../words/staff/staff-words.js';

/** A worker's own, beside the day and the caseload. */
const OWN: readonly Place[] = sayAll([
  {
    text: 'To do',
    href: '/desk/tasks',
    what: 'What people, groups and the product ask of you',
    needs: 'task.list',
  },
  {
    text: 'All appointments',
    href: '/desk/calendar',
    what: 'Your weeks, and a feed for your own calendar',
    needs: 'appointment.list',
  },
  {
    text: 'Away and cover',
    href: '/desk/away',
    what: 'Who does your work while you are away',
    needs: 'cover.list',
  },
  {
    text: 'Safety concerns',
    href: '/desk/safeguarding',
    what: 'Those you wrote down, and where each stands',
    needs: 'safeguarding.list',
  },
]);

/** The way to what a link worker needs now and then, so that the navigation stays short. */
@ApiExcludeController()
@Controller('desk/more')
export class MorePagesController {
  constructor(private readonly desk: Desk) {}

  @Get()
  @Can('today.read')
  async more(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const mine = (places: readonly Place[]) =>
      places.filter(({ needs }) => reachOf(needs, actor.role) !== 'none');
    await this.desk.show(reply, actor, 200, 'managers/pages/manage.njk', {
      title: say('More'),
      sections: [
        { heading: say('Your own'), places: mine(OWN) },
        { heading: say('Across people'), places: mine(ACROSS) },
      ],
    });
  }
}
