import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import {
  AmendProgramInput,
  MakeProgramInput,
  MakeProgramKeyInput,
  type ProgramView,
} from '../../identity/program.dto.js';
import { MOST_LIVE_KEYS, OLD_KEY_DAYS, PER_MINUTE } from '../../identity/program.types.js';
import { ProgramsQueries } from '../../identity/programs.queries.js';
import { Programs } from '../../identity/programs.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { addDays, daysBetween, londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { TOLD_TO } from '../../webhooks/webhook.types.js';
import { WebhooksQueries } from '../../webhooks/webhooks.queries.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  nextPage,
  overtaken,
  readChange,
  readForm,
  readQuery,
  take,
  versionIn,
} from '../layout/forms.js';
import { choicesOf, ROLE_WORDS } from '../layout/words.js';
import { namesOf } from '../managers/organisation-choices.js';
import { KEY_STATE_WORDS, PROGRAM_ROLE_WORDS } from './programs.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/programs';

/** From so many days before its end on, a key is marked: whoever runs the program needs time to change it. */
const ENDS_SOON_DAYS = 30;

/** Programs of others that may use the API: let in, given keys, kept within bounds, switched off. */
@ApiExcludeController()
@Controller('desk/programs')
export class ProgramPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly programs: Programs,
    private readonly queries: ProgramsQueries,
    private readonly organisations: OrganisationsQueries,
    private readonly webhooks: WebhooksQueries,
  ) {}

  @Get()
  @Can('program.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(PageQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, 200, 'programs/pages/programs.njk', {
      title: say('Programs of others'),
      items: page.items.map((program) => ({ program, keys: this.keysOf(program) })),
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      words: { role: PROGRAM_ROLE_WORDS },
    });
  }

  @Get('new')
  @Can('program.make')
  async ask(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.newProgram(reply, actor, newForm({ perMinute: String(PER_MINUTE) }));
  }

  @Post('new')
  @Can('program.make')
  async make(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) =>
        this.showKey(
          reply,
          actor,
          await this.programs.make(actor, await readForm(MakeProgramInput, withLines(body))),
        ),
      (form) => this.newProgram(reply, actor, form),
    );
  }

  @Get(':id')
  @Can('program.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, null);
  }

  @Post(':id')
  @Can('program.amend')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readChange(AmendProgramInput, withLines(body));
        return `${ADDRESS}/${await this.programs.amend(actor, id, versionIn(body), input)}`;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get(':id/keys/new')
  @Can('program.amend')
  async askForKey(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.newKey(reply, actor, id, newForm({ oldKeyDays: String(OLD_KEY_DAYS) }));
  }

  @Post(':id/keys/new')
  @Can('program.amend')
  async renew(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        this.showKey(
          reply,
          actor,
          await this.programs.renew(actor, id, await readForm(MakeProgramKeyInput, body)),
        ),
      (form) => this.newKey(reply, actor, id, form),
    );
  }

  @Post(':id/keys/:keyId/revoke')
  @Can('program.end')
  async revoke(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('keyId') keyId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.programs.revoke(actor, id, keyId)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get(':id/end')
  @Can('program.end')
  async askBeforeEnding(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.ending(reply, actor, id, newForm());
  }

  @Post(':id/end')
  @Can('program.end')
  async end(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.programs.end(actor, id)}`,
      (form) => this.ending(reply, actor, id, form),
    );
  }

  /** Shown now and never again, so there is no page to lead on to. */
  private async showKey(reply: FastifyReply, actor: MemberActor, keyId: string): Promise<null> {
    const { program, key } = await this.queries.made(actor, keyId);
    await this.desk.show(reply, actor, 200, 'programs/pages/key.njk', {
      title: say('The key, shown this once'),
      program,
      key,
      endsAt: program.keys.find(({ id }) => id === keyId)?.endsAt,
    });
    return null;
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form | null): Promise<void> {
    const program = await this.queries.get(actor, id);
    const { addresses, perMinute } = program;
    const webhooks = await this.webhooks.ofProgram(actor, id);
    await this.desk.show(reply, actor, form?.status ?? 200, 'programs/pages/program.njk', {
      title: program.name,
      program,
      webhooks,
      mayBeTold: TOLD_TO[program.role].length > 0,
      ...this.keysOf(program),
      form: form
        ? overtaken(form, program)
        : newForm({ addresses: addresses.join('\n'), perMinute: String(perMinute) }, program.version),
      /** The smaller forms beside it, each with a key of its own. */
      other: newForm(),
      words: { role: PROGRAM_ROLE_WORDS, state: KEY_STATE_WORDS },
    });
  }

  private async newProgram(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const places = await this.organisations.list(actor, { active: true, limit: 100 });
    await this.desk.show(reply, actor, form.status, 'programs/pages/new.njk', {
      title: say('Let a program in'),
      form,
      roles: choicesOf(PROGRAM_ROLE_WORDS).map(({ value, text }) => ({
        value,
        text,
        hint: {
          text: say('As {{value}}', { value: ROLE_WORDS[value as ProgramView['role']].toLowerCase() }),
        },
      })),
      organisations: namesOf(places.items),
      more: places.next !== null,
    });
  }

  private async newKey(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const program = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'programs/pages/key-new.njk', {
      title: say('Another key for {{name}}', { name: program.name }),
      program,
      form,
    });
  }

  private async ending(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const program = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'programs/pages/end.njk', {
      title: say('Switch off {{name}}', { name: program.name }),
      program,
      form,
    });
  }

  /** What a page asks of the keys of a program. */
  private keysOf({ keys }: ProgramView): { endsOn: string | null; endsSoon: boolean; mayRenew: boolean } {
    const live = keys.filter(({ state }) => state === 'live');
    const last = live.map(({ endsAt }) => endsAt.getTime()).sort((a, b) => b - a)[0];
    const endsOn = last === undefined ? null : addDays(londonDate(new Date(last)), -1);
    const left = endsOn === null ? null : daysBetween(londonDate(this.clock.now()), endsOn);
    return {
      endsOn,
      endsSoon: left !== null && left <= ENDS_SOON_DAYS,
      mayRenew: live.length < MOST_LIVE_KEYS,
    };
  }
}

/** Addresses as they are typed, one below the other. */
function withLines(body: unknown): object {
  const typed = body as Record<string, unknown>;
  const { addresses } = typed;
  if (typeof addresses !== 'string') return typed;
  const lines = addresses.split(/[\s,;]+/).filter((one) => one !== '');
  return { ...typed, addresses: lines };
}
