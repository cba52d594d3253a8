import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { type SystemActor, systemActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import { Timeline } from '../platform/database/timeline.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { PlainFault } from '../platform/errors/plain-fault.js';
import { StuckEvents } from '../platform/outbox/stuck-events.js';
import { Digests } from './digests.service.js';
import { DueReminders } from './due-reminders.service.js';
import { type MayHaveGone, MessagesService } from './messages.service.js';

/** What one scheme's lost span came to. */
export interface Restored extends MayHaveGone {
  scheme: string;
  /** Codes and links that somebody had asked for and can ask for again. */
  forgotten: number;
  /** Events that wait for a manager's word. */
  keptBack: number;
  digestsLeftOut: boolean;
}

const ACTOR = 'restored';

/**
 * After a restore from a backup, before anything is sent. The database knows nothing of what was done between the moment
 * it was restored to and the end of the one before it: whatever may have gone out then is settled by P6. Cut off in the
 * middle, it is run again.
 */
@Injectable()
export class AfterRestore {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly timeline: Timeline,
    private readonly due: DueReminders,
    private readonly messages: MessagesService,
    private readonly digests: Digests,
    private readonly events: StuckEvents,
  ) {}

  /** `until` is the latest moment, by the lost server's clock, at which it may have sent something. */
  async settle(until: Date, evenSo = false): Promise<Restored[]> {
    if (until > this.clock.now()) throw new PlainFault('--lost-until must not lie in the future.');
    const schemes = await this.schemes();
    if (!evenSo) {
      for (const { id, name } of schemes) await this.mustBeLater(systemActor(id, ACTOR), name, until);
    }
    const done: Restored[] = [];
    for (const { id, name } of schemes) {
      done.push({ scheme: name, ...(await this.inScheme(systemActor(id, ACTOR), until)) });
    }
    await this.timeline.know();
    return done;
  }

  /** Another server has taken over, and had everything. */
  async nothingLost(): Promise<void> {
    for (const { id } of await this.schemes()) await this.note(systemActor(id, ACTOR), { lost: 'nothing' });
    await this.timeline.know();
  }

  private schemes(): Promise<{ id: string; name: string }[]> {
    return this.database.unscoped(sql`select id, name from scheme order by id`);
  }

  /** A time before something this database knows was read from the wrong clock, or in the wrong zone. */
  private async mustBeLater(actor: SystemActor, name: string, until: Date): Promise<void> {
    const last = await this.database.maybe<{ at: Date }>(
      actor.schemeId,
      sql`
        select at from audit_entry
        where scheme_id = ${actor.schemeId} and actor_name is distinct from ${ACTOR}
        order by xid desc, id desc limit 1`,
    );
    if (last === null || last.at <= until) return;
    throw new PlainFault(
      `${name} knows of something done at ${last.at.toISOString()}, which is later than --lost-until.`,
      'Give the latest moment at which the lost server may have sent anything. Better too late than too early.',
      'Where people have worked with the restored one since, add --even-so.',
    );
  }

  private async inScheme(actor: SystemActor, until: Date): Promise<Omit<Restored, 'scheme'>> {
    // First what had a Message-ID, so that nothing is added to a message which may have gone out.
    const sum = await this.messages.afterRestore(actor, until);
    await this.due.afterRestore(actor, {
      until,
      mayHaveGone: async (tx, ids) => {
        const { forPeople, again } = await this.messages.mayHaveGoneWithin(tx, ids);
        sum.forPeople += forPeople;
        sum.again += again;
      },
    });
    const digestsLeftOut = await this.digests.afterRestore(actor, until);
    const events = await this.unitOfWork.run(actor, (tx) => this.events.afterRestore(tx, until));
    const done = { ...sum, ...events, digestsLeftOut };
    await this.note(actor, { until: until.toISOString(), ...done });
    return done;
  }

  private note(actor: SystemActor, details: Record<string, unknown>): Promise<void> {
    return this.unitOfWork.run(actor, (tx) =>
      audit(tx, { action: 'scheme.restore', subject: { kind: 'scheme', id: actor.schemeId }, details }),
    );
  }
}
