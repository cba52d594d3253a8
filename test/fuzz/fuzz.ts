import fc from 'fast-check';
import sql from 'sql-template-tag';
import { reachOf } from '../../src/permissions/permission.table.js';
import { RouteCheck } from '../../src/permissions/route-check.js';
import { ROLES, type Role } from '../../src/platform/actor/actor.types.js';
import { inScheme } from '../factories/episodes.js';
import type { Answer, Contract, Operation } from '../support/contract.js';
import { aMember, type TestMember } from '../support/people.js';
import { type Sample, SAMPLES, type Target, type World } from '../support/route-samples.js';
import { rowsOf } from '../support/records.js';
import { arbitraryOf, JUNK, type Mutation, mutated, type Pool, settled } from './values.js';
import { OPEN_SAMPLES } from './open-samples.js';
import { KNOWN_VOID, MOST_BY_CHANCE } from './void.js';

/** What is asked of one operation at once: something odd, something nearly right, and what is right. */
interface Plan {
  role: number;
  other: number;
  odd: Odd;
  generated: unknown;
  query: Record<string, unknown>;
  mutations: Mutation[];
  id: unknown;
}
const ODD = ['generated', 'query', 'address', 'stranger', 'somebody', 'broken', 'typed', 'match'] as const;
type Odd = (typeof ODD)[number];

interface Tally {
  requests: number;
  successes: number;
}

export interface Fault {
  operation: string;
  fault: string;
  /** The smallest plan that still does it. */
  example: string;
}

/** Shrinking asks again and again; beyond this the plan is small enough. */
const SHRINK_MS = 3_000;
/** Each operation must do something so often, or nothing is known of it. */
export const ENOUGH = 0.3;
const success = ({ statusCode }: Answer): boolean => statusCode >= 200 && statusCode < 300;

/**
 * Asks every operation of the API's own description for what it may and may not do, as everybody, with what earlier
 * answers named, and holds each answer against that description.
 */
export class Fuzz {
  readonly faults = new Map<string, Fault>();
  requests = 0;
  private readonly tallies = new Map<string, Tally>();
  private readonly statuses = new Map<number, number>();
  private readonly pool: Pool = new Map();
  private readonly plans = new Map<string, fc.Arbitrary<Plan>>();
  private readonly protectedIds: Set<string>;
  private round = 0;
  private calls = 0;
  private shrinking = false;

  private constructor(
    private readonly world: World,
    private readonly contract: Contract,
    private readonly seed: number,
    private readonly actions: Map<string, Role[]>,
    private readonly settings: string,
    private readonly room: number,
  ) {
    const casts = [world.people, world.others, world.foreigners, world.disabled].flatMap((one) =>
      Object.values(one),
    );
    // Whoever asks must not be ended by what is asked.
    this.protectedIds = new Set(
      [...casts, world.worker].flatMap(({ actor }) => [
        actor.accountId,
        actor.membershipId,
        actor.sessionId,
        actor.organisationId,
      ]),
    );
    const gone = Object.values(KNOWN_VOID)
      .flat()
      .filter((name) => !contract.operations.some((one) => one.name === name));
    if (gone.length > 0) throw new Error(`Known to be void, and not there: ${gone.join(', ')}`);
    for (const operation of contract.operations) this.plans.set(operation.name, this.planOf(operation));
  }

  /** `room` is how many cases a worker may have: more are made than anybody has. */
  static async of(world: World, contract: Contract, seed: number, room: number): Promise<Fuzz> {
    const actions = new Map(
      world.betony
        .get(RouteCheck)
        .routes()
        .map(({ method, path, action }) => [
          `${method} ${path}`,
          action === null ? [] : ROLES.filter((role) => reachOf(action, role) !== 'none'),
        ]),
    );
    const [row] = await rowsOf<{ settings: object }>(
      world.scheme,
      sql`select settings from scheme where id = ${world.scheme.id}`,
    );
    return new Fuzz(world, contract, seed, actions, JSON.stringify(row?.settings ?? {}), room);
  }

  /** Three requests to each operation, in an order of their own each round, or to so many as are asked for. */
  async rounds(most: number): Promise<void> {
    while (this.requests < most) {
      await this.keepWorld();
      const order = this.shuffled(this.contract.operations);
      for (const operation of order) {
        if (this.requests >= most) return;
        await this.tryOperation(operation);
      }
      this.round += 1;
    }
  }

  /** Operations that did too little of what they are for to say that they were tried. */
  voids(): string[] {
    return this.contract.operations
      .map(({ name }) => name)
      .filter((name) => {
        const { requests, successes } = this.tallies.get(name) ?? { requests: 0, successes: 0 };
        return requests === 0 || successes < requests * ENOUGH;
      })
      .sort();
  }

  figures() {
    const tallies = [...this.tallies.values()];
    const voids = this.voids();
    const known = Object.values(KNOWN_VOID).flat();
    const unexplained = voids.filter((name) => !known.includes(name));
    return {
      requests: this.requests,
      operations: this.contract.operations.length,
      tried: tallies.length,
      successes: tallies.reduce((sum, { successes }) => sum + successes, 0),
      statuses: Object.fromEntries([...this.statuses].sort(([a], [b]) => a - b)),
      voids,
      unexplained,
      void:
        this.requests >= 3 * this.contract.operations.length &&
        unexplained.length * 100 > this.contract.operations.length * MOST_BY_CHANCE,
      faults: [...this.faults.values()],
    };
  }

  private shuffled(operations: readonly Operation[]): Operation[] {
    const [order = []] = fc.sample(
      fc.shuffledSubarray([...operations], { minLength: operations.length, maxLength: operations.length }),
      { seed: this.seed + this.round, numRuns: 1 },
    );
    // First what no other test walks.
    return order.sort((a, b) => Number(b.name in OPEN_SAMPLES) - Number(a.name in OPEN_SAMPLES));
  }

  private planOf({ query, body }: Operation): fc.Arbitrary<Plan> {
    const resolved = this.contract.resolved;
    const asked = Object.fromEntries(
      query.map(({ name, schema }) => [
        name,
        fc.oneof({ arbitrary: arbitraryOf(schema, resolved, name), weight: 3 }, JUNK),
      ]),
    );
    return fc.record({
      role: fc.nat(),
      other: fc.nat(),
      odd: fc.constantFrom(...ODD),
      generated: body ? arbitraryOf(body, resolved, '') : JUNK,
      query: fc.record(asked, { requiredKeys: [] }),
      mutations: fc.array(
        fc.record({
          at: fc.nat(),
          how: fc.constantFrom('junk', 'drop', 'surprise', 'id'),
          value: JUNK,
        }),
        { minLength: 1, maxLength: 3 },
      ),
      id: JUNK,
    });
  }

  /** What earlier requests have changed for all later ones is put back. */
  private async keepWorld(): Promise<void> {
    const { scheme } = this.world;
    await inScheme(scheme, (tx) =>
      tx.run(sql`update scheme set settings = ${this.settings} where id = ${scheme.id}`),
    );
    await inScheme(scheme, (tx) =>
      tx.run(sql`update link_worker set caseload_limit = ${this.room} where scheme_id = ${scheme.id}`),
    );
    await this.keepGroup();
    await this.keepPeople();
  }

  /** The group of all samples: it takes on what it did, its days are its own again, and there is room for its papers. */
  private async keepGroup(): Promise<void> {
    const { scheme, group } = this.world;
    await inScheme(scheme, async (tx) => {
      const its = sql`scheme_id = ${scheme.id} and organisation_id = ${group}`;
      await tx.run(sql`update provider set remit = '{}' where ${its}`);
      await tx.run(sql`delete from provider_period where ${its}`);
      await tx.run(sql`update evidence_file set removed_at = ${tx.now} where ${its} and removed_at is null`);
    });
  }

  /** Whoever was signed out by what was asked comes in again, as somebody new. */
  private async keepPeople(): Promise<void> {
    const { betony, scheme, people } = this.world;
    for (const role of ROLES) {
      const { headers, actor } = people[role];
      const { statusCode } = await betony.inject({ url: '/api/v1/me', headers });
      if (statusCode === 200) continue;
      people[role] = await aMember(scheme, role, {
        organisation: actor.organisationId,
        triages: actor.triages,
      });
    }
  }

  private async tryOperation(operation: Operation): Promise<void> {
    const plan = this.plans.get(operation.name);
    if (!plan) return;
    let lines: string[] = [];
    let until = Infinity;
    const property = fc.asyncProperty(plan, async (one) => {
      if (performance.now() > until) return;
      // What cannot be tried is as much a fault as a wrong answer: nothing would be known of it.
      const found = await this.follow(operation, one).catch((error: unknown) => [
        `cannot be tried: ${String(error)}`,
      ]);
      const fresh = this.shrinking ? found : found.filter((line) => !this.known(operation, line));
      if (fresh.length === 0) return;
      if (!this.shrinking) until = performance.now() + SHRINK_MS;
      this.shrinking = true;
      lines = fresh;
      throw new Error(fresh.join('\n'));
    });
    const seed = (this.seed + this.round * 7919 + hashOf(operation.name)) | 0;
    const { counterexample, failed } = await fc.check(property, { seed, numRuns: 1 });
    this.shrinking = false;
    if (!failed) return;
    for (const fault of lines) {
      this.faults.set(keyOf(operation, fault), {
        operation: operation.name,
        fault,
        example: JSON.stringify(counterexample?.[0] ?? null).slice(0, 400),
      });
    }
  }

  private known(operation: Operation, fault: string): boolean {
    return this.faults.has(keyOf(operation, fault));
  }

  /** The faults of what came back. */
  private async follow(operation: Operation, plan: Plan): Promise<string[]> {
    const { name, method } = operation;
    const sample: Sample = SAMPLES[name] ?? OPEN_SAMPLES[name] ?? {};
    const roles = (this.actions.get(name) ?? []).filter((role) => !sample.nothingFor?.includes(role));
    const role = roles[plan.role % Math.max(1, roles.length)] ?? 'link_worker';
    const prepared = async () => {
      const caller = (await sample.as?.(this.world, role)) ?? this.world.people[role];
      const target = (await sample.at?.(this.world, caller)) ?? {};
      return { caller, target, body: sample.body?.(target, this.world, caller) };
    };
    // What was changed before may stand in the way once, as a made-up person who is taken for one that is there.
    const { caller, target, body } = await prepared().catch(async () => {
      await this.keepPeople();
      return prepared();
    });
    const url = this.urlOf(operation, target);
    const query = sample.query?.(target) ?? '';
    const match = method === 'PATCH' || method === 'PUT' ? await this.versionOf(url, caller) : undefined;
    const faults: string[] = [];
    const ask = async (
      to: string,
      who: { authorization?: string },
      payload: unknown,
      more: Record<string, string> = {},
    ) => {
      faults.push(...(await this.ask(operation, to, who, payload, { ...match, ...more })));
    };

    const { headers } = caller;
    const odd = {
      generated: () => ask(url + this.queryOf(plan.query), headers, settled(plan.generated, this.pool)),
      query: () => ask(url + this.queryOf(plan.query), headers, body),
      address: () => ask(this.oddUrlOf(operation, plan), headers, body),
      stranger: () => ask(url + query, {}, body),
      somebody: () => {
        const cast = [this.world.people, this.world.others, this.world.foreigners, this.world.disabled];
        const all = cast.flatMap((one) => Object.values(one));
        return ask(url + query, all[plan.other % all.length]?.headers ?? {}, body);
      },
      broken: () => ask(url + query, headers, new Broken(JSON.stringify(body ?? {}).slice(0, -1))),
      typed: () => ask(url + query, headers, body, { 'content-type': 'application/xml' }),
      match: () =>
        ask(url + query, headers, body, {
          'if-match': settledText(plan.id),
          'idempotency-key': settledText(plan.id),
        }),
    };
    await odd[plan.odd]();
    // A GET changes nothing: what is asked for is bent. Else what is sent is bent.
    if (body === undefined) await ask(url + this.queryOf(plan.query), headers, undefined);
    else await ask(url + query, headers, mutated(body, plan.mutations, this.pool));
    await ask(url + query, headers, body);
    return faults;
  }

  private urlOf({ path }: Operation, target: Target): string {
    return path.replace(/:(\w+)/g, (_all, key: string) => target[key] ?? this.anId(key));
  }

  private anId(key: string): string {
    const known = this.pool.get(key) ?? [];
    return known[known.length - 1] ?? '01890000-0000-7000-8000-000000000000';
  }

  private oddUrlOf({ path }: Operation, plan: Plan): string {
    const ids = [...this.pool.values()].flat();
    const one = plan.other % 2 === 0 ? ids[plan.other % Math.max(1, ids.length)] : undefined;
    return path.replace(/:(\w+)/g, () => {
      const text = one ?? settledText(plan.id);
      // Dots alone lead to another address before anything is sent.
      return /^\.{0,2}$/.test(text) ? 'none' : encodeURIComponent(text);
    });
  }

  private queryOf(query: Record<string, unknown>): string {
    const parameters = Object.entries(query).flatMap(([name, value]) => {
      const real = settled(value, this.pool);
      const all: unknown[] = Array.isArray(real) ? real : [real];
      return all.map((one) => [name, settledText(one)] as const);
    });
    const text = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    return text === '' ? '' : `?${text}`;
  }

  private async versionOf(url: string, { headers }: TestMember): Promise<Record<string, string>> {
    const { headers: given } = await this.world.betony.inject({ url, headers });
    return { 'if-match': given.etag ?? '"v1"' };
  }

  private async ask(
    { name, method }: Operation,
    url: string,
    who: { authorization?: string },
    payload: unknown,
    more: Record<string, string>,
  ): Promise<string[]> {
    const text =
      payload instanceof Broken
        ? payload.text
        : payload === undefined || method === 'GET'
          ? undefined
          : JSON.stringify(payload);
    const answer = (await this.world.betony.inject({
      method: method as 'GET',
      url,
      // Another house each time: what is counted by network address is not what is tried here.
      remoteAddress: `10.${String((++this.calls >> 16) & 255)}.${String((this.calls >> 8) & 255)}.${String(this.calls & 255)}`,
      headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...who, ...more },
      ...(text === undefined ? {} : { payload: text }),
    })) as Answer;
    if (!this.shrinking) {
      this.requests += 1;
      const tally = this.tallies.get(name) ?? { requests: 0, successes: 0 };
      tally.requests += 1;
      if (success(answer)) tally.successes += 1;
      this.tallies.set(name, tally);
      this.statuses.set(answer.statusCode, (this.statuses.get(answer.statusCode) ?? 0) + 1);
    }
    if (success(answer)) this.harvest(answer);
    return this.contract.faults(name, answer) ?? [];
  }

  /** The ids that an answer names, by what it calls them. */
  private harvest({ body, headers }: Answer): void {
    if (!String(headers['content-type']).includes('json')) return;
    for (const [, key = '', id = ''] of body.matchAll(/"(\w*[iI]d)":"([0-9a-f-]{36})"/g)) {
      if (this.protectedIds.has(id)) continue;
      const known = this.pool.get(key) ?? [];
      known.push(id);
      if (known.length > 200) known.shift();
      this.pool.set(key, known);
    }
  }
}

/** A body that is sent as it is. */
class Broken {
  constructor(readonly text: string) {}
}

const keyOf = ({ name }: Operation, fault: string): string => `${name} ${fault.slice(0, 60)}`;
const settledText = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value))
    .replace(/[^\x20-\x7e]/g, '?')
    .trim()
    .slice(0, 300);

function hashOf(text: string): number {
  let hash = 0;
  for (const letter of text) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) | 0;
  return hash;
}
