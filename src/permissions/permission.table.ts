import type { Role } from '../platform/actor/actor.types.js';

/**
 * How far a permission reaches. `own`: what this membership made or is named in. `assigned`: clients held through the
 * caseload, the triage queue, cover or break-glass. `organisation`: rows of the member's organisation. `scheme`:
 * everything in the scheme. `aggregate`: counts only, never rows. What each means for a table is in its `.reach.ts`.
 */
export type Reach = 'none' | 'own' | 'assigned' | 'organisation' | 'scheme' | 'aggregate';

type Row = readonly [
  referrer: Reach,
  link_worker: Reach,
  scheme_manager: Reach,
  provider_member: Reach,
  commissioner: Reach,
  administrator: Reach,
];

/** The column of each role in the table below. */
const COLUMN: Record<Role, number> = {
  referrer: 0,
  link_worker: 1,
  scheme_manager: 2,
  provider_member: 3,
  commissioner: 4,
  administrator: 5,
};

// prettier-ignore
export const PERMISSIONS = {
  //                          referrer        link worker   manager    provider        commissioner  administrator
  'session.use':             ['own',          'own',        'own',     'own',          'own',        'own'],
  'scheme.read':             ['scheme',       'scheme',     'scheme',  'scheme',       'scheme',     'scheme'],
  'scheme.configure':        ['none',         'none',       'none',    'none',         'none',       'scheme'],
  'organisation.list':       ['organisation', 'scheme',     'scheme',  'organisation', 'none',       'scheme'],
  'organisation.get':        ['organisation', 'scheme',     'scheme',  'organisation', 'none',       'scheme'],
  'organisation.create':     ['none',         'none',       'scheme',  'none',         'none',       'scheme'],
  'organisation.amend':      ['none',         'none',       'scheme',  'none',         'none',       'scheme'],
  'user.list':               ['none',         'none',       'scheme',  'none',         'none',       'scheme'],
  'user.get':                ['none',         'none',       'scheme',  'none',         'none',       'scheme'],
  'user.invite':             ['none',         'none',       'none',    'none',         'none',       'scheme'],
  'user.amend':              ['none',         'none',       'none',    'none',         'none',       'scheme'],
  'user.disable':            ['none',         'none',       'none',    'none',         'none',       'scheme'],
  'membership.end':          ['none',         'none',       'none',    'none',         'none',       'scheme'],
  'linkWorker.list':         ['none',         'scheme',     'scheme',  'none',         'none',       'none'],
  'linkWorker.amend':        ['none',         'none',       'scheme',  'none',         'none',       'none'],
  'cover.list':              ['none',         'scheme',     'scheme',  'none',         'none',       'none'],
  'cover.arrange':           ['none',         'own',        'scheme',  'none',         'none',       'none'],
  'cover.end':               ['none',         'own',        'scheme',  'none',         'none',       'none'],

  'client.create':           ['none',         'scheme',     'scheme',  'none',         'none',       'none'],
  'client.match':            ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'client.list':             ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'client.get':              ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'client.amend':            ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'client.merge':            ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'client.unmerge':          ['none',         'none',       'scheme',  'none',         'none',       'none'],
  'client.recordDeath':      ['organisation', 'assigned',   'scheme',  'organisation', 'none',       'none'],
  'client.reverseDeath':     ['none',         'none',       'scheme',  'none',         'none',       'none'],
  'client.neverOffer':       ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'client.breakGlass':       ['none',         'scheme',     'none',    'none',         'none',       'none'],
  'breakGlass.review':       ['none',         'none',       'scheme',  'none',         'none',       'none'],
  'agreement.list':          ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'agreement.record':        ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'agreement.withdraw':      ['none',         'assigned',   'scheme',  'none',         'none',       'none'],

  'provider.list':           ['none',         'scheme',     'scheme',  'organisation', 'none',       'scheme'],
  'provider.get':            ['none',         'scheme',     'scheme',  'organisation', 'none',       'scheme'],
  'provider.create':         ['none',         'none',       'scheme',  'none',         'none',       'none'],
  'provider.amend':          ['none',         'none',       'scheme',  'organisation', 'none',       'none'],
  'provider.assure':         ['none',         'none',       'scheme',  'none',         'none',       'none'],
  'assurance.get':           ['none',         'scheme',     'scheme',  'organisation', 'none',       'none'],
  'listing.search':          ['none',         'scheme',     'scheme',  'none',         'none',       'none'],
  'listing.list':            ['none',         'scheme',     'scheme',  'organisation', 'none',       'none'],
  'listing.get':             ['none',         'scheme',     'scheme',  'organisation', 'none',       'none'],
  'listing.create':          ['none',         'scheme',     'scheme',  'organisation', 'none',       'none'],
  'listing.amend':           ['none',         'none',       'scheme',  'organisation', 'none',       'none'],
  'listing.publish':         ['none',         'none',       'scheme',  'none',         'none',       'none'],
  'listing.pause':           ['none',         'none',       'scheme',  'organisation', 'none',       'none'],
  'listing.close':           ['none',         'none',       'scheme',  'organisation', 'none',       'none'],
  'listing.setPlaces':       ['none',         'scheme',     'scheme',  'organisation', 'none',       'none'],
  'listing.checkGates':      ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'listing.match':           ['none',         'assigned',   'scheme',  'none',         'none',       'none'],

  'referral.draft':          ['organisation', 'own',        'scheme',  'none',         'none',       'none'],
  'referral.discard':        ['organisation', 'own',        'scheme',  'none',         'none',       'none'],
  'referral.send':           ['organisation', 'own',        'scheme',  'none',         'none',       'none'],
  'referral.list':           ['organisation', 'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.get':            ['organisation', 'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.note':            ['organisation', 'assigned',   'scheme',  'none',         'none',       'none'],
  'caseload.list':            ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.triage':         ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.return':         ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.accept':         ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.join':           ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.decline':        ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.allocate':       ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.setNext':        ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.setFeedback':    ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.hold':           ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.resume':         ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.close':          ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.reopen':         ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.withdraw':       ['organisation', 'assigned',   'scheme',  'none',         'none',       'none'],
  'referral.void':           ['none',         'none',       'scheme',  'none',         'none',       'none'],

  'onward.list':             ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'onward.get':              ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'onward.history':          ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'onward.offer':            ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'onward.accept':           ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'onward.waitlist':         ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'onward.talk':             ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'onward.rang':             ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'onward.decline':          ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'onward.lateYes':          ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'onward.revive':           ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'onward.start':            ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'onward.complete':         ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'onward.stop':             ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'onward.withdraw':         ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'onward.undo':             ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'onward.seen':             ['none',         'none',       'none',    'organisation', 'none',       'none'],
  'onward.noted':            ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'attendance.record':       ['none',         'assigned',   'scheme',  'organisation', 'none',       'none'],
  'signpost.list':           ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'signpost.record':         ['none',         'assigned',   'scheme',  'none',         'none',       'none'],

  'contact.list':            ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'contact.log':             ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'contact.amend':           ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'appointment.list':        ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'appointment.make':        ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'appointment.move':        ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'appointment.cancel':      ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'measure.list':            ['none',         'scheme',     'scheme',  'none',         'none',       'none'],
  'response.list':           ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'response.record':         ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'response.correct':        ['none',         'assigned',   'scheme',  'none',         'none',       'none'],
  'today.read':              ['none',         'own',        'scheme',  'none',         'none',       'none'],
  'caseload.count':          ['none',         'own',        'scheme',  'none',         'none',       'none'],
  'task.list':               ['organisation', 'own',        'scheme',  'organisation', 'none',       'none'],
  'task.finish':             ['organisation', 'own',        'scheme',  'organisation', 'none',       'none'],
  'figures.read':            ['none',         'none',       'scheme',  'none',         'aggregate',  'none'],
} as const satisfies Record<string, Row>;

export type Action = keyof typeof PERMISSIONS;

export const reachOf = (action: Action, role: Role): Reach => PERMISSIONS[action][COLUMN[role]] ?? 'none';
