import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { ACROSS, type Place } from '../across/places.js';
import { Desk } from '../layout/desk.js';
import { say, sayAll } from '../words/staff/staff-words.js';

/** What those who run a scheme look after, by what it is about. Each is offered to whoever may open it. */
const SECTIONS: readonly { heading: string; places: readonly Place[] }[] = sayAll([
  {
    heading: 'People and organisations',
    places: [
      {
        text: 'Team',
        href: '/desk/team',
        what: 'Who has how much, who has nobody, what is late, and handing people over',
        needs: 'handover.make',
      },
      {
        text: 'Away and cover',
        href: '/desk/away',
        what: 'Who is away from today, and who covers for whom',
        needs: 'cover.arrange',
      },
      {
        text: 'Safety concerns',
        href: '/desk/safeguarding?state=open',
        what: 'Worries that somebody may come to harm, and where each stands',
        needs: 'safeguarding.open',
      },
      {
        text: 'Safeguarding leads',
        href: '/desk/safeguarding-leads',
        what: 'Who is rung about a worry, and deals with it',
        needs: 'safeguarding.lead',
      },
      {
        text: 'Records opened in an emergency',
        href: '/desk/break-glass/review',
        what: 'Who opened the record of somebody they do not work with, and why',
        needs: 'breakGlass.review',
      },
      {
        text: 'Users and access',
        href: '/desk/users',
        what: 'Who works here, in which roles, and who is let in',
        needs: 'user.list',
      },
      {
        text: 'Who practices ask for',
        href: '/desk/staff-requests?state=open',
        what: 'Who is to sign in for a practice, and who no more',
        needs: 'staffRequest.list',
      },
      {
        text: 'Organisations and practices',
        href: '/desk/organisations',
        what: 'Who refers and who helps, what each is told and where',
        needs: 'organisation.list',
      },
      {
        text: 'Programs of others',
        href: '/desk/programs',
        what: 'Systems that use Betony by a key: let in, kept within bounds, told what happens, switched off',
        needs: 'program.list',
      },
    ],
  },
  { heading: 'Across people', places: ACROSS },
  {
    heading: 'Groups',
    places: [
      {
        text: 'Groups',
        href: '/desk/groups',
        what: 'Who answers for each, its safety checks, pausing and closing',
        needs: 'provider.list',
      },
      {
        text: 'How groups are doing',
        href: '/desk/groups/figures',
        what: 'Whether they answer, what is said of them, what room they have, whether anything reaches them',
        needs: 'figures.groups',
      },
      {
        text: 'Services to look at',
        href: '/desk/listings?state=in_review',
        what: 'What waits before link workers find it',
        needs: 'listing.publish',
      },
      {
        text: 'Who says that a group is theirs',
        href: '/desk/claims',
        what: 'To decide, one by one',
        needs: 'claim.decide',
      },
      {
        text: 'Concerns about groups',
        href: '/desk/concerns?reviewed=false',
        what: 'Pressure and unequal treatment that somebody told us of',
        needs: 'concern.review',
      },
      {
        text: 'Our local agreement',
        href: '/desk/covenants',
        what: 'What groups promise, in its versions',
        needs: 'covenant.list',
      },
      {
        text: 'Imports',
        href: '/desk/imports',
        what: 'Lists that somebody else keeps: checked, approved, taken back',
        needs: 'import.list',
      },
    ],
  },
  {
    heading: 'Neighbourhoods',
    places: [
      {
        text: 'What is strong here',
        href: '/desk/assets',
        what: 'People, places and groups to build on: written down, looked at, put on the map',
        needs: 'asset.list',
      },
      {
        text: 'What groups have to offer',
        href: '/desk/offers-of-groups?reviewed=false',
        what: 'As they said it by their own link, to look at',
        needs: 'survey.review',
      },
      {
        text: 'Gaps',
        href: '/desk/gaps',
        what: 'Needs that nobody could meet, one by one and by place',
        needs: 'gap.count',
      },
      {
        text: 'Neighbourhoods',
        href: '/desk/neighbourhoods',
        what: 'What is strong in each, what is asked for there, what nobody could meet',
        needs: 'figures.read',
      },
    ],
  },
  {
    heading: 'Records',
    places: [
      {
        text: 'Who looked at what',
        href: '/desk/audit',
        what: 'The record of who saw and did what, by person, by user and by day',
        needs: 'audit.search',
      },
      {
        text: 'Copies that people asked for',
        href: '/desk/copies',
        what: 'All that is held about somebody: read, then given to them within a month',
        needs: 'subjectAccess.list',
      },
      {
        text: 'Records kept long enough',
        href: '/desk/retention',
        what: 'To decide, legal holds, decisions and certificates',
        needs: 'retention.list',
      },
    ],
  },
  {
    heading: 'The scheme',
    places: [
      {
        text: 'Settings of the scheme',
        href: '/desk/scheme',
        what: 'Its name, and the days, numbers and rules it goes by',
        needs: 'scheme.read',
      },
      {
        text: 'What is sent by itself',
        href: '/desk/message-switches',
        what: 'Switched on and off, kind by kind and way by way',
        needs: 'messageSwitch.set',
      },
      {
        text: 'Questions about how people are',
        href: '/desk/measures',
        what: 'Which are asked here, and which are not',
        needs: 'measure.switch',
      },
      {
        text: 'Lists to choose from',
        href: '/desk/lists',
        what: 'Needs, reasons and results, with the codes for the practice’s record',
        needs: 'scheme.read',
      },
    ],
  },
  {
    heading: 'The system',
    places: [
      {
        text: 'System health',
        href: '/desk/health',
        what: 'Whether what should happen by itself does, and what is sent to people',
        needs: 'health.read',
      },
      {
        text: 'What did not go out',
        href: '/desk/messages',
        what: 'Messages that failed and work that is stuck: tried again, or let be',
        needs: 'message.list',
      },
      {
        text: 'Messages',
        href: '/desk/templates',
        what: 'Every message that is sent by itself, as it reads, and a test to yourself',
        needs: 'template.preview',
      },
    ],
  },
]);

/** The way to everything that is looked at now and then, so that the navigation stays short. */
@ApiExcludeController()
@Controller('desk')
export class ManageController {
  constructor(private readonly desk: Desk) {}

  @Get('manage')
  @Can('user.list')
  async manage(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.desk.show(reply, actor, 200, 'managers/pages/manage.njk', {
      title: say('Manage'),
      sections: SECTIONS.map(({ heading, places }) => ({
        heading,
        places: places.filter(({ needs }) => reachOf(needs, actor.role) !== 'none'),
      })).filter(({ places }) => places.length > 0),
    });
  }
}
