import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { validated } from '../../platform/http/validation.js';
import { PublishCovenant } from '../../providers/covenant.dto.js';
import { CovenantsQueries } from '../../providers/covenants.queries.js';
import { CovenantsService } from '../../providers/covenants.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, ofVersion, seenIn, sent, take } from '../layout/forms.js';
import { commitmentsIn, NO_PRESSURE_WORDS } from './commitments.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/covenants';

/** The local agreement between the scheme and its groups, in its versions. */
@ApiExcludeController()
@Controller('desk/covenants')
export class CovenantPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly covenants: CovenantsService,
    private readonly queries: CovenantsQueries,
  ) {}

  @Get()
  @Can('covenant.list')
  async list(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.page(reply, actor, null);
  }

  @Post()
  @Can('covenant.publish')
  async publish(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { words, commitments } = sent(body);
        const lines = typeof commitments === 'string' ? commitments : '';
        await this.covenants.publish(
          actor,
          await validated(PublishCovenant, { words, commitments: commitmentsIn(lines) }),
          seenIn(body),
        );
        return ADDRESS;
      },
      (form) => this.page(reply, actor, inOneBox(form)),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, form: Form | null): Promise<void> {
    const versions = await this.queries.list(actor);
    const current = versions.find((one) => one.current);
    const known = {
      words: current?.words ?? '',
      commitments: current?.commitments.map(({ words }) => words).join('\n') ?? NO_PRESSURE_WORDS,
    };
    const shown = form ?? newForm(known);
    await this.desk.show(reply, actor, form?.status ?? 200, 'managers/pages/covenants.njk', {
      title: say('Our local agreement'),
      versions,
      form: current ? ofVersion(shown, { id: current.id, version: current.number }) : shown,
      known,
      writes: reachOf('covenant.publish', actor.role) !== 'none',
    });
  }
}

/** All commitments are typed into one box, so what is wrong with any of them stands beside it. */
function inOneBox(form: Form): Form {
  const one = Object.entries(form.wrong).find(([name]) => name.startsWith('commitments.'));
  if (!one) return form;
  const [, message] = one;
  return {
    ...form,
    wrong: { ...form.wrong, commitments: message },
    errors: [
      ...form.errors.filter(({ href }) => !href.startsWith('#commitments.')),
      { text: message, href: '#commitments' },
    ],
  };
}
