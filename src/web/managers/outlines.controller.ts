import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OutlinesInput } from '../../assets/outline.dto.js';
import { OutlinesQueries } from '../../assets/outlines.queries.js';
import { MOST_OUTLINE_BYTES, OutlinesService } from '../../assets/outlines.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { TakesUpload } from '../../platform/files/uploads.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { sentFile } from '../layout/uploads.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/outlines';

/** The lines that maps are drawn on, since nobody else is asked for a map. */
@ApiExcludeController()
@Controller('desk/outlines')
export class OutlinePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly outlines: OutlinesService,
    private readonly queries: OutlinesQueries,
  ) {}

  @Get()
  @Can('outline.replace')
  async list(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.page(reply, actor, newForm());
  }

  @Post()
  @Can('outline.replace')
  @TakesUpload()
  async replace(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const file = await sentFile(reply.request, MOST_OUTLINE_BYTES);
    try {
      await take(
        reply,
        async (body) => {
          const input = await readForm(OutlinesInput, body);
          if (!file?.name) throw Refusal.invalidField('file', 'Choose a file');
          await this.outlines.replace(actor, input, file.bytes);
          return ADDRESS;
        },
        (form) => this.page(reply, actor, form),
      );
    } finally {
      file?.bytes.resume();
    }
  }

  private async page(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    await this.desk.show(reply, actor, form.status, 'managers/pages/outlines.njk', {
      title: say('Outlines of maps'),
      form,
      items: await this.queries.list(actor),
    });
  }
}
