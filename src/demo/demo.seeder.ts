import { randomBytes } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { emailHash, normaliseEmail } from '../identity/account.rules.js';
import { Passwords } from '../identity/passwords.service.js';
import { INSTALLATION, systemActor, type Role } from '../platform/actor/actor.types.js';
import { addDays, londonDate } from '../platform/clock/calendar.js';
import { BANK_HOLIDAYS } from '../platform/clock/bank-holidays.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { newId } from '../platform/pure/ids.js';
import { REQUIREMENTS } from '../providers/assurance.types.js';
import { knowAddresses } from '../providers/contact-points.js';
import { indexAllListings } from '../providers/listing-index.js';
import { RemindersService } from '../reminders/reminders.service.js';
import { writeBesides } from './besides.js';
import { addCommunity } from './community.js';
import { Dice } from './dice.js';
import { COMMUNITY_GROUPS, FAITH_GROUPS, type GroupPattern, type ServicePattern } from './groups.js';
import { DEMO_EDITION, DEMO_TOWNS, demoPlaces, type DemoPlace, type Town } from './places.js';
import { writeGroupsApart } from './groups-apart.js';
import { writeMoves } from './moves.js';
import { writeOwnPage } from './own-page.js';
import { Rows, type Table } from './rows.js';
import { tell, type DemoListing, type DemoSender, type Fate, type World } from './story.js';
import { WorkingTime } from './working-time.js';

export interface DemoSize {
  referrals: number;
  workers: number;
  liveEach: number;
  practices: number;
  faithGroups: number;
  communityGroups: number;
}

/** What a newcomer meets: a scheme of one coast, a year old. */
export const DEMO_SIZE: DemoSize = {
  referrals: 900,
  workers: 4,
  liveEach: 40,
  practices: 6,
  faithGroups: 14,
  communityGroups: 56,
};

export interface DemoSignIn {
  email: string;
  role: Role;
  whose: string;
}

export interface DemoResult {
  schemeId: string;
  signIns: DemoSignIn[];
}

const DEMO_SEED = 20_261_121;
const DAYS_BACK = 372;
const IN_QUEUE = { sent: 8, returned: 2, accepted: 4 } as const;
const BATCH = 2000;
/** One group in so many answers by text, at a number of its own: 07700 900501 is the first. */
const BY_TEXT_EVERY = 4;
const FIRST_TEXTED = { faith: 500, group: 700 } as const;

/** Numbers that Ofcom never gives out. */
const COUNCIL = {
  councilAdultsPhone: '+441632960101',
  councilChildrenPhone: '+441632960102',
  councilOutOfHoursPhone: '+441632960103',
};

/** Makes one scheme with a year behind it. Everything of it is invented; dates are relative to today. */
@Injectable()
export class DemoSeeder {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly reminders: RemindersService,
  ) {}

  async seed(password: string, size: DemoSize = DEMO_SIZE, seed = DEMO_SEED): Promise<DemoResult> {
    const passwordHash = await this.passwords.hash(password);
    return this.unitOfWork.run(systemActor(newId(), 'demo'), (tx) =>
      this.write(tx, passwordHash, size, seed),
    );
  }

  /** The names of a whole country, which only an installation with demo data has to read. */
  private async write(tx: Tx, passwordHash: string, size: DemoSize, seed: number): Promise<DemoResult> {
    const { faker } = await import('@faker-js/faker/locale/en_GB');
    faker.seed(seed);
    return new Seeding(tx, this.reminders, new Dice(seed), size, passwordHash, faker).run();
  }

  /** Whether there is no scheme yet, of anybody's. */
  async isDue(): Promise<boolean> {
    return (await this.database.unscoped(sql`select 1 from scheme limit 1`)).length === 0;
  }

  /**
   * Seeds an installation that has no scheme yet, once however many processes start together; gives the demo sign-ins
   * either way, none when the installation holds other people's data.
   */
  async once(password: string, { resetPassword }: { resetPassword: boolean }): Promise<DemoSignIn[]> {
    const schemes = await this.database.unscoped<{ id: string; settings: { demo?: DemoSignIn[] } }>(
      sql`select id, settings from scheme`,
    );
    if (schemes.length === 0) {
      const passwordHash = await this.passwords.hash(password);
      return this.unitOfWork.run(systemActor(newId(), 'demo'), async (tx) => {
        await tx.run(sql`select pg_advisory_xact_lock(hashtext('betony demo'))`);
        const [there] = await tx.rows<{ settings: { demo?: DemoSignIn[] } }>(
          sql`select settings from scheme`,
        );
        if (there) return there.settings.demo ?? [];
        return (await this.write(tx, passwordHash, DEMO_SIZE, DEMO_SEED)).signIns;
      });
    }
    const demo = schemes.find(({ settings }) => settings.demo)?.settings.demo ?? [];
    if (resetPassword && demo.length > 0) await this.resetPassword(demo, password);
    return demo;
  }

  private async resetPassword(signIns: readonly DemoSignIn[], password: string): Promise<void> {
    const hashes = signIns.map(({ email }) => emailHash(email));
    const accounts = await this.database.unscoped<{ password_hash: string | null }>(
      sql`select password_hash from user_account where email_hash = any(${hashes})`,
    );
    const [first] = accounts;
    if (await this.passwords.verify(first?.password_hash ?? null, password)) return;
    const passwordHash = await this.passwords.hash(password);
    await this.unitOfWork.run(systemActor(INSTALLATION, 'demo'), async (tx) => {
      await tx.run(
        sql`update user_account set password_hash = ${passwordHash} where email_hash = any(${hashes})`,
      );
      await audit(tx, { action: 'demo.resetPassword' });
    });
  }
}

class Seeding {
  private readonly rows = new Rows();
  private readonly time: WorkingTime;
  private readonly began: Date;
  private readonly scheme: { scheme_id: string };
  private readonly places: Map<Town, DemoPlace[]>;
  private readonly signIns: DemoSignIn[] = [];

  constructor(
    private readonly tx: Tx,
    private readonly reminders: RemindersService,
    private readonly dice: Dice,
    private readonly size: DemoSize,
    private readonly passwordHash: string,
    private readonly faker: Faker,
  ) {
    const today = londonDate(tx.now);
    this.time = new WorkingTime(tx.now, today, BANK_HOLIDAYS, DAYS_BACK);
    this.began = new Date(tx.now.getTime() - DAYS_BACK * 86_400_000);
    this.scheme = { scheme_id: tx.schemeId };
    this.places = demoPlaces(dice, 40);
  }

  async run(): Promise<DemoResult> {
    await this.tx.run(sql`
      insert into scheme (id, name, settings, created_at)
      values (${this.tx.schemeId}, 'Saltwick and Marlings social prescribing', ${JSON.stringify(COUNCIL)}, ${this.began})`);
    this.writePlaces();
    const { practices, senders } = this.practices();
    const workers = this.team();
    const faith = this.groups(FAITH_GROUPS, this.size.faithGroups, 'faith');
    const community = this.groups(COMMUNITY_GROUPS, this.size.communityGroups, 'group');
    const listings = [...faith, ...community];
    const toAsk = [...faith.slice(0, 2), ...faith.slice(0, 2), ...community.slice(0, 1)];
    const groups = {
      organisation: this.rows.of('provider').map((row) => String(row['organisation_id'])),
      assurance: this.rows.of('assurance_record').map((row) => String(row['id'])),
      listing: this.rows.of('listing').map((row) => String(row['id'])),
    };
    addCommunity(this.rows, {
      schemeId: this.tx.schemeId,
      began: this.began,
      today: londonDate(this.tx.now),
      places: this.places,
      groups: groups.organisation,
    });
    await this.rows.write(this.tx);
    await this.reminders.plan(this.tx, groups, { past: 'told_before' });
    await this.stories(practices, senders, workers, listings, toAsk);
    await this.reminders.plan(this.tx, await writeBesides(this.tx, workers));
    await this.reminders.plan(this.tx, await writeMoves(this.tx, workers));
    await this.settlePlaces();
    await writeGroupsApart(this.tx, this.dice, this.began);
    await writeOwnPage(this.tx);
    await this.moreRoomSoon();
    await indexAllListings(this.tx);
    await knowAddresses(this.tx, groups.organisation);
    await this.tx.run(sql`
      update scheme set settings = settings || jsonb_build_object('demo', ${JSON.stringify(this.signIns)}::jsonb)
      where id = ${this.tx.schemeId}`);
    await audit(this.tx, { action: 'demo.seed', details: { referrals: this.size.referrals } });
    return { schemeId: this.tx.schemeId, signIns: this.signIns };
  }

  private writePlaces(): void {
    const neighbourhoods = new Map<string, number>();
    for (const place of [...this.places.values()].flat()) {
      neighbourhoods.set(place.lsoa, place.decile);
      const { postcode, lsoa, latitude, longitude } = place;
      this.rows.add('postcode_place', { postcode, lsoa, latitude, longitude, edition: DEMO_EDITION });
    }
    for (const [lsoa, decile] of neighbourhoods) {
      this.rows.add('lsoa_deprivation', { lsoa, rank: null, decile, edition: DEMO_EDITION });
    }
  }

  private organisation(name: string, kind: string, more: Record<string, unknown> = {}): string {
    const id = this.dice.idAt(this.began);
    const place = this.dice.pick([...this.places.values()].flat());
    this.rows.add('organisation', {
      ...this.scheme,
      id,
      name,
      kind,
      refers: false,
      provides: false,
      ods_code: null,
      email: null,
      feedback_email: null,
      phone: `+441632960${String(this.dice.between(0, 999)).padStart(3, '0')}`,
      postcode: place.postcode,
      created_at: this.began,
      updated_at: this.began,
      ...more,
    });
    return id;
  }

  /** With `signIn` it is one of the demo accounts; without it a colleague who has no password yet. */
  private member(
    name: string,
    role: Role,
    organisationId: string,
    more: { signIn?: { name: string; whose: string }; triages?: boolean } = {},
  ): string {
    const accountId = this.dice.idAt(this.began);
    const membershipId = this.dice.idAt(this.began);
    const local =
      more.signIn?.name ??
      `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}.${randomBytes(3).toString('hex')}`;
    const email = normaliseEmail(`${local}@demo.example.org`);
    this.rows.add('user_account', {
      id: accountId,
      email_hash: emailHash(email),
      password_hash: more.signIn ? this.passwordHash : null,
      created_at: this.began,
    });
    this.rows.add('user_profile', {
      ...this.scheme,
      account_id: accountId,
      name,
      email,
      created_at: this.began,
      updated_at: this.began,
    });
    this.rows.add('membership', {
      id: membershipId,
      ...this.scheme,
      account_id: accountId,
      organisation_id: organisationId,
      role,
      triages: more.triages ?? false,
      created_at: this.began,
    });
    if (more.signIn) this.signIns.push({ email, role, whose: more.signIn.whose });
    return membershipId;
  }

  private practices(): { practices: string[]; senders: DemoSender[] } {
    const senders: DemoSender[] = [];
    const names = [
      'Pier Road Surgery',
      'The Marlings Practice',
      'Harbour Medical Centre',
      'Oxenbridge Health Centre',
      'Hollow End Surgery',
      'Lighthouse Practice',
    ];
    const practices = Array.from({ length: this.size.practices }, (_none, n) => {
      const name = names[n] ?? `Practice ${n + 1}`;
      const id = this.organisation(name, 'gp_practice', {
        refers: true,
        ods_code: `Z${String(99_000 + n).padStart(5, '0')}`,
        email: `practice${n + 1}@example.org`,
        feedback_email: `practice${n + 1}.referrals@example.org`,
      });
      const who = n === 0 ? 'Priya Shah' : this.faker.person.fullName();
      const memberId = this.member(
        who,
        'referrer',
        id,
        n === 0 ? { signIn: { name: 'practice', whose: `Priya Shah, ${name}` } } : {},
      );
      senders.push(
        { organisationId: id, memberId, name: who, route: 'gp' },
        { organisationId: id, memberId, name: who, route: 'gp' },
      );
      return id;
    });
    const others = [
      ['St Clare Coastal Hospice', 'hospice', 'professional'],
      ['Saltwick Homes', 'housing', 'professional'],
    ] as const;
    for (const [name, kind, route] of others) {
      const id = this.organisation(name, kind, { refers: true });
      const who = this.faker.person.fullName();
      senders.push({ organisationId: id, memberId: this.member(who, 'referrer', id), name: who, route });
    }
    return { practices, senders };
  }

  private team(): string[] {
    const host = this.organisation('Coastline Community Trust', 'host');
    const council = this.organisation('Marling District Council', 'commissioner');
    this.member('Ada Brook', 'administrator', host, {
      signIn: { name: 'admin', whose: 'Ada Brook, sets the scheme up' },
    });
    this.member('Mo Rahman', 'scheme_manager', host, {
      signIn: { name: 'manager', whose: 'Mo Rahman, runs the team' },
    });
    this.member('Clare Dunn', 'commissioner', council, {
      signIn: { name: 'commissioner', whose: 'Clare Dunn, sees figures only' },
    });
    const named = ['Sam Okoro', 'Ruth Evans', 'Jan Kowalski', 'Bea Lindqvist'];
    return Array.from({ length: this.size.workers }, (_none, n) => {
      const name = named[n] ?? this.faker.person.fullName();
      const id = this.member(name, 'link_worker', host, {
        triages: n < 2,
        ...(n === 0
          ? { signIn: { name: 'linkworker', whose: 'Sam Okoro, link worker with 40 live cases' } }
          : {}),
      });
      this.rows.add('link_worker', {
        ...this.scheme,
        membership_id: id,
        caseload_limit: this.size.liveEach + 5,
        languages: ['en'],
        areas: [],
      });
      return id;
    });
  }

  private groups(patterns: readonly GroupPattern[], count: number, signIn: 'faith' | 'group'): DemoListing[] {
    return Array.from({ length: count }, (_none, n) => {
      const pattern = patterns[n % patterns.length];
      const town = DEMO_TOWNS[(Math.floor(n / patterns.length) + n) % DEMO_TOWNS.length];
      if (!pattern || !town) return [];
      const name = pattern.name.replace('{town}', town.name);
      const kind = {
        faith: 'faith_group',
        community: 'community_group',
        charity: 'charity',
        social_enterprise: 'social_enterprise',
        council: 'council',
      }[pattern.sector];
      const contact = this.faker.person.firstName();
      const organisationId = this.organisation(name, kind, {
        provides: true,
        email: `${signIn}${n + 1}@example.org`,
      });
      const signedIn = n === 0 ? { signIn: { name: signIn, whose: `${contact}, ${name}` } } : {};
      this.member(`${contact} ${this.faker.person.lastName()}`, 'provider_member', organisationId, signedIn);
      const byText = n % BY_TEXT_EVERY === 1;
      const number = byText ? FIRST_TEXTED[signIn] + n : this.dice.between(0, FIRST_TEXTED.faith - 1);
      this.provider(organisationId, pattern, {
        answers_by: byText ? 'text' : 'email',
        contact_name: contact,
        contact_email: `${signIn}${n + 1}@example.org`,
        contact_phone: `+447700900${String(number).padStart(3, '0')}`,
      });
      return pattern.services.map((service) => this.listing(organisationId, pattern, service, town));
    }).flat();
  }

  private provider(
    organisationId: string,
    pattern: GroupPattern,
    contact: Record<'answers_by' | 'contact_name' | 'contact_email' | 'contact_phone', string>,
  ): void {
    const lapsesOn = addDays(londonDate(this.tx.now), this.dice.between(90, 400));
    this.rows.add('provider', {
      ...this.scheme,
      organisation_id: organisationId,
      sector: pattern.sector,
      tradition: pattern.tradition ?? null,
      tradition_shown: pattern.tradition !== undefined,
      in_place_of_worship: pattern.sector === 'faith',
      prayer: pattern.prayer ?? null,
      religious_content: pattern.content ?? null,
      religious_content_examples: pattern.contentExamples ?? null,
      food: pattern.food ?? [],
      languages: ['en'],
      how_to_work_with_us: pattern.workingWithUs,
      remit: [...new Set(pattern.services.flatMap((service) => service.needs))],
      limits: this.dice.some(['crisis_mental_health', 'personal_care', 'medication'], 2),
      ...contact,
      reply_within_days: 10,
      personal_contact_until: lapsesOn,
      alone_until: lapsesOn,
      created_at: this.began,
      updated_at: this.began,
    });
    this.assure(organisationId, lapsesOn, contact.contact_name);
  }

  /** Checked for every level, by whoever did that before the scheme used this. */
  private assure(organisationId: string, lapsesOn: string, contact: string): void {
    for (const requirement of REQUIREMENTS) {
      const leads = requirement === 'safeguarding_policy';
      this.rows.add('assurance_record', {
        ...this.scheme,
        id: this.dice.idAt(this.began),
        organisation_id: organisationId,
        requirement,
        level: 'alone_or_vulnerable',
        checked_by: 'Mo Rahman',
        checked_on: londonDate(this.began),
        lapses_on: lapsesOn,
        lead_name: leads ? contact : null,
        deputy_name: leads ? this.faker.person.firstName() : null,
        recorded_at: this.began,
      });
    }
  }

  private listing(
    organisationId: string,
    pattern: GroupPattern,
    service: ServicePattern,
    town: Town,
  ): DemoListing {
    const place = this.dice.pick(this.places.get(town) ?? []);
    const id = this.dice.idAt(this.began);
    const counted = service.places === 'counted';
    const total = this.dice.between(12, 24);
    const confirmed = addDays(londonDate(this.tx.now), -this.dice.between(1, 80));
    this.rows.add('listing', {
      ...this.scheme,
      id,
      organisation_id: organisationId,
      name: service.name,
      description: service.description,
      state: 'published',
      needs: service.needs,
      areas: [...new Set(DEMO_TOWNS.map((one) => one.district))],
      minimum_age: 18,
      for_whom: service.forWhom ?? 'everyone',
      level: service.level ?? 'open_door',
      setting: service.setting ?? 'non_religious',
      volunteer_role: service.volunteerRole ?? false,
      schedule: [{ day: service.day, from: service.from, to: service.to, every: 'week' }],
      languages: ['en'],
      access: this.dice.some(
        ['step_free', 'accessible_toilet', 'hearing_loop', 'quiet_space'],
        this.dice.between(1, 3),
      ),
      cost: service.cost ?? 'free',
      postcode: place.postcode,
      latitude: place.latitude,
      longitude: place.longitude,
      places_kind: service.places,
      places_total: counted ? total : null,
      places_taken: 0,
      places_confirmed_on: confirmed,
      confirmed_on: confirmed,
      published_on: londonDate(this.began),
      created_at: this.began,
      updated_at: this.began,
    });
    return {
      id,
      organisationId,
      needs: service.needs,
      forWhom: service.forWhom ?? 'everyone',
      counted,
      taken: 0,
      total,
    };
  }

  private async stories(
    practices: string[],
    senders: DemoSender[],
    workers: string[],
    listings: DemoListing[],
    toAsk: DemoListing[],
  ): Promise<void> {
    const { dice, time, rows, size } = this;
    const world: World = {
      schemeId: this.tx.schemeId,
      dice,
      time,
      rows,
      workers,
      triager: workers[0] ?? '',
      senders,
      practices,
      listings,
      toAsk,
      places: this.places,
      firstNames: {
        female: Array.from({ length: 300 }, () => this.faker.person.firstName('female')),
        male: Array.from({ length: 300 }, () => this.faker.person.firstName('male')),
      },
      lastNames: Array.from({ length: 1000 }, () => this.faker.person.lastName()),
      edition: DEMO_EDITION,
    };
    let n = 0;
    for (const { fate, sentDay } of this.fates()) {
      tell(world, n, fate, sentDay);
      n += 1;
      if (n % BATCH === 0) await this.writeStories();
    }
    await this.writeStories();
    if (n !== size.referrals) throw new Error('The demo lost a referral');
    await this.askAndHandOver(workers);
  }

  /** A worker who asks for help, and one who hands some of their people over in a fortnight. */
  private async askAndHandOver(workers: readonly string[]): Promise<void> {
    const [first, second] = workers;
    if (first === undefined || second === undefined) return;
    const { tx, dice } = this;
    const { schemeId, now } = tx;
    const handoverId = dice.idAt(now);
    await tx.run(sql`
      insert into escalation (scheme_id, id, referral_id, words, raised_by, raised_at)
      select ${schemeId}, ${dice.idAt(now)}, r.id, 'I am not sure I am the right person for this. Can we talk?', ${first}, ${now}
      from referral r where r.scheme_id = ${schemeId} and r.owner_id = ${first} and r.state = 'active'
      order by r.id limit 1`);
    await tx.run(sql`
      insert into handover (scheme_id, id, from_id, effective_on, state, note, made_at)
      values (${schemeId}, ${handoverId}, ${second}, ${addDays(londonDate(now), 14)}, 'planned',
        'Fewer hours from next month.', ${now})`);
    await tx.run(sql`
      insert into handover_item (scheme_id, handover_id, referral_id, to_id, outcome)
      select ${schemeId}, ${handoverId}, r.id, ${first}, 'waiting' from referral r
      where r.scheme_id = ${schemeId} and r.owner_id = ${second} and r.state = 'active' order by r.id limit 3`);
  }

  /** What fell due in a story's past was told then; what is still to come is planned as the product plans it. */
  private async writeStories(): Promise<void> {
    const ids = (table: Table): string[] => this.rows.of(table).map((row) => String(row['id']));
    const subjects = {
      referral: ids('referral'),
      onward_referral: ids('onward_referral'),
      appointment: ids('appointment'),
    };
    await this.rows.write(this.tx);
    await this.reminders.plan(this.tx, subjects, { past: 'told_before' });
  }

  /** Which story each referral has and when it began, oldest endings first and today's queue last. */
  private *fates(): Generator<{ fate: Fate; sentDay: number }> {
    const { dice, time, size } = this;
    const live = size.workers * size.liveEach;
    const queue = IN_QUEUE.sent + IN_QUEUE.returned + IN_QUEUE.accepted;
    for (let left = size.referrals - live - queue; left > 0; left -= 1) {
      const fate = dice.weighted({ closed: 86, declined: 6, withdrawn: 8 });
      yield { fate, sentDay: dice.between(0, time.today - (fate === 'closed' ? 35 : 12)) };
    }
    for (let n = 0; n < live; n += 1) {
      const fate = dice.weighted({ active: 80, allocated: 13, on_hold: 7 });
      yield { fate, sentDay: time.today - (fate === 'allocated' ? dice.between(2, 5) : dice.between(9, 75)) };
    }
    for (let n = 0; n < IN_QUEUE.accepted; n += 1)
      yield { fate: 'accepted', sentDay: time.today - dice.between(1, 2) };
    for (let n = 0; n < IN_QUEUE.returned; n += 1)
      yield { fate: 'returned', sentDay: time.today - dice.between(1, 3) };
    for (let n = 0; n < IN_QUEUE.sent; n += 1)
      yield { fate: 'sent', sentDay: time.today - dice.between(0, 2) };
  }

  /** One group that has another number from next month, and a waiting list for it until then. */
  private async moreRoomSoon(): Promise<void> {
    const from = addDays(londonDate(this.tx.now), 30);
    await this.tx.run(sql`
      insert into place_period (scheme_id, id, listing_id, name, from_on, state, places_total, entered_at)
      select l.scheme_id, ${newId()}, l.id, 'Second session', ${from}, 'coming', l.places_total + 6, ${this.tx.now}
      from listing l where l.scheme_id = ${this.tx.schemeId} and l.places_kind = 'counted' order by l.id limit 1`);
  }

  /** Counted places are what the offers hold; the database refuses more than a service has. */
  private async settlePlaces(): Promise<void> {
    await this.tx.run(sql`
      update listing set places_taken = held.places
      from (select listing_id, sum(places_held) as places from onward_referral
            where scheme_id = ${this.tx.schemeId} group by listing_id) as held
      where listing.scheme_id = ${this.tx.schemeId} and listing.id = held.listing_id and held.places > 0`);
  }
}
