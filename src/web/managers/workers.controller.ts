import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Schemes } from '../../identity/schemes.service.js';
import { SchemesQueries } from '../../identity/schemes.queries.js';
import { UsersQueries } from '../../identity/users.queries.js';
import { AmendLinkWorkerInput, StandingCoverInput } from '../../link-workers/link-worker.dto.js';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { LinkWorkers } from '../../link-workers/link-workers.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { validated } from '../../platform/http/validation.js';
import { Desk } from '../layout/desk.js';
import { changeOf, type Form, newForm, overtaken, readForm, sent, take, versionIn } from '../layout/forms.js';
import { languageChoices, languageInWords } from '../layout/words.js';
import { CARERS, carersOf } from './carers.js';
import { say } from '../words/staff/staff-words.js';

const TEAM = '/desk/team';

/** How much each link worker can have and where they work, by which new people are suggested; and who takes what is nobody's. */
@ApiExcludeController()
@Controller('desk')
export class WorkerPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly workers: LinkWorkers,
    private readonly queries: LinkWorkersQueries,
    private readonly schemes: Schemes,
    private readonly schemeQueries: SchemesQueries,
    private readonly users: UsersQueries,
  ) {}

  @Get('team/:id')
  @Can('linkWorker.amend')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.worker(reply, actor, id, null);
  }

  @Post('team/:id')
  @Can('linkWorker.amend')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.workers.amend(actor, id, versionIn(body), await workerIn(sent(body)));
        return TEAM;
      },
      (form) => this.worker(reply, actor, id, form),
    );
  }

  @Get('standing-cover')
  @Can('linkWorker.amend')
  async askForCover(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.cover(reply, actor, null);
  }

  @Post('standing-cover')
  @Can('linkWorker.amend')
  async setCover(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { membershipId = null } = await readForm(StandingCoverInput, body);
        await this.schemes.setStandingCover(actor, membershipId, versionIn(body) || undefined);
        return '/desk/away';
      },
      (form) => this.cover(reply, actor, form),
    );
  }

  private async worker(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form | null,
  ): Promise<void> {
    const worker = await this.queries.get(actor, id);
    const { name, caseloadLimit, languages, areas, version } = worker;
    const kept = { caseloadLimit: String(caseloadLimit), languages, areas: areas.join(', ') };
    await this.desk.show(reply, actor, form?.status ?? 200, 'managers/pages/worker.njk', {
      title: say('How much, and where: {{name}}', { name }),
      worker,
      form: form ? overtaken(form, { id, version }) : newForm(kept, version),
      languages: languageChoices(...languages),
      now: [
        { label: say('At most'), value: kept.caseloadLimit },
        { label: say('Languages'), value: languages.map((one) => languageInWords(one)).join(', ') },
        { label: say('Districts'), value: kept.areas },
      ],
    });
  }

  private async cover(reply: FastifyReply, actor: MemberActor, form: Form | null): Promise<void> {
    const scheme = await this.schemeQueries.get(actor);
    const team = await this.users.list(actor, { role: [...CARERS], limit: 100 });
    const choices = [{ value: '', text: say('Nobody in particular: the team') }, ...carersOf(team.items)];
    const kept = scheme.standingCoverId ?? '';
    await this.desk.show(reply, actor, form?.status ?? 200, 'managers/pages/standing-cover.njk', {
      title: say('The usual cover'),
      choices,
      now: [
        { label: say('The usual cover'), value: choices.find(({ value }) => value === kept)?.text ?? null },
      ],
      form: form ? overtaken(form, scheme) : newForm({ membershipId: kept }, scheme.version),
    });
  }
}

/** Districts stand in one box, with commas or one below the other. */
const workerIn = ({ areas = '', ...texts }: Form['values']): Promise<AmendLinkWorkerInput> =>
  validated(AmendLinkWorkerInput, {
    ...changeOf(AmendLinkWorkerInput, texts),
    areas: [areas]
      .flat()
      .join(',')
      .split(/[\s,;]+/)
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  });
