import { ApiProperty } from '@nestjs/swagger';
import { LONE_WORKER_FLAGS, type LoneWorkerFlag } from '../clients/lone-worker-flag.types.js';
import { TO_ACT, type ToAct } from '../onward-referrals/onward.types.js';
import { Uuid } from '../platform/http/fields.js';
import { ListingNamed } from '../providers/listing.dto.js';
import { APPOINTMENT_KINDS, type AppointmentKind } from './appointment.types.js';

export class TodayQuery {
  @Uuid({
    optional: true,
    description:
      'One worker: yourself, somebody you cover, or for a manager anybody. Unless told, all you act for.',
  })
  workerId?: string;
}

/** Who to ring and what to mind, without opening the record. */
export class PersonToContact {
  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ type: String, nullable: true })
  knownAs: string | null;

  @ApiProperty({ type: String, nullable: true })
  phone: string | null;

  @ApiProperty({ enum: ['yes', 'no', 'not_asked'] })
  safeToCall: string;

  @ApiProperty({ enum: ['yes', 'no', 'not_asked'] })
  safeToText: string;

  @ApiProperty({ enum: ['yes', 'no', 'not_asked'] })
  safeToLeaveMessage: string;

  @ApiProperty({ type: String, nullable: true, description: 'How this person asked to be reached.' })
  reachThrough: string | null;

  @ApiProperty()
  safetyFlag: boolean;

  @ApiProperty({ example: 'en' })
  language: string;

  @ApiProperty()
  interpreter: string;

  @ApiProperty({ type: [String] })
  accessNeeds: string[];
}

class CaseItem {
  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ example: 'BT-7KQ2-M4' })
  reference: string;

  @ApiProperty({ type: PersonToContact })
  person: PersonToContact;

  @ApiProperty({ format: 'uuid', description: 'Whose caseload it is.' })
  ownerId: string;

  @ApiProperty({ description: 'Whether you see it because you cover for its owner.' })
  covering: boolean;
}

export class DueItem extends CaseItem {
  @ApiProperty({ enum: ['first_contact', 'next_contact', 'resume'], description: 'What is due.' })
  why: string;

  @ApiProperty({ format: 'date' })
  dueOn: string;

  @ApiProperty({ description: 'Days late by the calendar; nought when due today.' })
  daysLate: number;

  @ApiProperty()
  unreachedInARow: number;
}

export class AppointmentToday extends CaseItem {
  @ApiProperty({ format: 'uuid' })
  appointmentId: string;

  @ApiProperty({ enum: APPOINTMENT_KINDS })
  kind: AppointmentKind;

  @ApiProperty({ format: 'date-time' })
  startsAt: Date;

  @ApiProperty({ example: '14:30', description: 'On a clock in London.' })
  time: string;

  @ApiProperty()
  minutes: number;

  @ApiProperty({ type: String, nullable: true, description: 'For a visit at home, where they live.' })
  place: string | null;

  @ApiProperty({
    description:
      'A visit you were sent on for a colleague: the appointment is yours to read, the record is not.',
  })
  forColleague: boolean;

  @ApiProperty({ enum: LONE_WORKER_FLAGS, isArray: true, description: 'What keeps whoever meets them safe.' })
  flags: LoneWorkerFlag[];
}

export class GroupReply extends CaseItem {
  @ApiProperty({ format: 'uuid' })
  onwardReferralId: string;

  @ApiProperty({
    enum: TO_ACT,
    description:
      'What waits for you: ring the group, talk first, find another, decide on a late yes, find another way to reach the person.',
  })
  toAct: ToAct;

  @ApiProperty({ type: ListingNamed, description: 'The service.' })
  listing: ListingNamed;

  @ApiProperty({ description: 'The group.' })
  organisation: string;

  @ApiProperty({ type: String, nullable: true, description: 'Who answers for the group.' })
  contactName: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Where the group is rung.' })
  groupPhone: string | null;

  @ApiProperty({ format: 'date-time' })
  since: Date;

  @ApiProperty({
    type: [ListingNamed],
    nullable: true,
    description:
      'After a no, a silence or a late yes: the two best services for the same wish that were not asked yet, none if there is none left. Prepared for the ten that wait longest; null otherwise, then ask for `next-candidates`.',
  })
  nextCandidates: ListingNamed[] | null;
}

class TodayCounts {
  @ApiProperty()
  overdue: number;

  @ApiProperty()
  dueToday: number;

  @ApiProperty()
  appointments: number;

  @ApiProperty()
  groupReplies: number;
}

export class TodayView {
  @ApiProperty({ format: 'date' })
  on: string;

  @ApiProperty({
    type: TodayCounts,
    description: 'Of everything, also when a list shows only its first 200.',
  })
  counts: TodayCounts;

  @ApiProperty({ type: [DueItem], description: 'Longest late first.' })
  overdue: DueItem[];

  @ApiProperty({ type: [DueItem] })
  dueToday: DueItem[];

  @ApiProperty({ type: [AppointmentToday], description: 'In order of the day, past ones included.' })
  appointments: AppointmentToday[];

  @ApiProperty({ type: [GroupReply], description: 'Longest waiting first.' })
  groupReplies: GroupReply[];
}

export class CaseloadCounts {
  @ApiProperty({ description: 'Every open referral of the caseload.' })
  all: number;

  @ApiProperty({ description: 'Nobody has been reached yet.' })
  waiting: number;

  @ApiProperty()
  active: number;

  @ApiProperty()
  onHold: number;

  @ApiProperty({ description: 'A group said yes, or they take part.' })
  withAGroup: number;

  @ApiProperty()
  overdue: number;

  @ApiProperty()
  dueToday: number;

  @ApiProperty({ description: 'Without a next date. Nought, always: the database refuses anything else.' })
  withoutNextDate: number;

  @ApiProperty()
  appointmentsToday: number;

  @ApiProperty({ description: 'Answers of groups that wait for you.' })
  groupReplies: number;
}
