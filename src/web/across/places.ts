import type { Action } from '../../permissions/permission.table.js';
import { sayAll } from '../words/staff/staff-words.js';

/** A page that is looked at now and then, offered to whoever may open it. */
export interface Place {
  text: string;
  href: string;
  what: string;
  needs: Action;
}

/** Work that is about many people at once, for link workers and managers alike. */
export const ACROSS: readonly Place[] = sayAll([
  {
    text: 'A second person asked',
    href: '/desk/approvals?state=waiting',
    what: 'Before somebody is offered to a service of one’s own organisation',
    needs: 'approval.list',
  },
  {
    text: 'Going along',
    href: '/desk/warm-handovers?state=arranged',
    what: 'Who goes along with somebody to a group, and what happened',
    needs: 'warmHandover.list',
  },
  {
    text: 'Notes to the managers',
    href: '/desk/notes',
    what: 'What a worker cannot carry alone, and the answers',
    needs: 'escalation.list',
  },
  {
    text: 'From other schemes',
    href: '/desk/transfers/incoming',
    what: 'Whom another scheme would hand over, to take on or not',
    needs: 'transfer.incoming',
  },
  {
    text: 'To talk over',
    href: '/desk/supervision',
    what: 'What a worker’s cases give reason to talk over together',
    needs: 'supervision.read',
  },
  {
    text: 'What people say of us',
    href: '/desk/said',
    what: 'Praise, blame and worries, and what came of each',
    needs: 'clientFeedback.list',
  },
  {
    text: 'Stories',
    href: '/desk/stories',
    what: 'What people tell in their own words, and where it may be used',
    needs: 'story.list',
  },
]);
