import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { attachment } from '../../platform/files/content.rules.js';
import { Id } from '../../platform/http/id-param.js';
import { EndAssurance, RecordAssurance } from '../../providers/assurance.dto.js';
import { AssuranceQueries } from '../../providers/assurance.queries.js';
import { AssuranceService } from '../../providers/assurance.service.js';
import { EndSignature, SignCovenant } from '../../providers/covenant.dto.js';
import { CovenantsQueries } from '../../providers/covenants.queries.js';
import { CovenantsService } from '../../providers/covenants.service.js';
import { EvidenceQueries } from '../../providers/evidence.queries.js';
import { UploadQuery } from '../../providers/evidence.dto.js';
import { EvidenceService } from '../../providers/evidence.service.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { LARGEST_FILE } from '../../platform/files/file-store.js';
import { TakesUpload } from '../../platform/files/uploads.js';
import { sentFile } from '../layout/uploads.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { CHECKED_LEVEL_WORDS, EVIDENCE_WORDS, LEVEL_WORDS, REQUIREMENT_WORDS } from './managers.words.js';
import type { AskedReason } from './reason.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/groups';

/** What a group has shown and what it has promised. */
@ApiExcludeController()
@Controller('desk/groups/:id')
export class GroupCheckPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly assurance: AssuranceService,
    private readonly queries: AssuranceQueries,
    private readonly evidence: EvidenceQueries,
    private readonly files: EvidenceService,
    private readonly covenants: CovenantsService,
    private readonly agreements: CovenantsQueries,
  ) {}

  @Get('checks')
  @Can('assurance.get')
  async checks(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.checksPage(reply, actor, id, newForm());
  }

  @Post('checks')
  @Can('provider.assure')
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.assurance.record(actor, id, await readForm(RecordAssurance, body));
        return `${ADDRESS}/${id}/checks`;
      },
      (form) => this.checksPage(reply, actor, id, form),
    );
  }

  @Get('checks/:recordId')
  @Can('provider.assure')
  async askBeforeEnding(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('recordId') recordId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.endPage(reply, actor, id, recordId, newForm());
  }

  @Post('checks/:recordId')
  @Can('provider.assure')
  async end(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('recordId') recordId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.assurance.end(actor, id, recordId, await readForm(EndAssurance, body));
        return `${ADDRESS}/${id}/checks`;
      },
      (form) => this.endPage(reply, actor, id, recordId, form),
    );
  }

  @Get('evidence/:fileId')
  @Can('evidence.get')
  async file(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('fileId') fileId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { file, bytes } = await this.evidence.open(actor, id, fileId);
    await reply
      .type(file.contentType)
      .headers({ 'content-disposition': attachment(file.name), 'content-length': file.bytes })
      .send(bytes);
  }

  @Post('evidence')
  @Can('evidence.upload')
  @TakesUpload()
  async upload(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = await sentFile(reply.request, LARGEST_FILE);
    try {
      await take(
        reply,
        async (body) => {
          const { kind } = await readForm(UploadQuery, body);
          if (!file?.name) throw Refusal.invalidField('file', 'Choose a file');
          await this.files.upload(actor, id, kind, file);
          return `${ADDRESS}/${id}/checks`;
        },
        (form) => this.checksPage(reply, actor, id, newForm(), form),
      );
    } finally {
      file?.bytes.resume();
    }
  }

  @Post('evidence/:fileId/remove')
  @Can('evidence.upload')
  async remove(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('fileId') fileId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.files.remove(actor, id, fileId);
        return `${ADDRESS}/${id}/checks`;
      },
      (form) => this.checksPage(reply, actor, id, form),
    );
  }

  @Get('agreement')
  @Can('covenant.get')
  async agreement(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.agreementPage(reply, actor, id, newForm());
  }

  @Post('agreement')
  @Can('covenant.sign')
  async sign(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.covenants.sign(actor, id, await readForm(SignCovenant, body));
        return `${ADDRESS}/${id}/agreement`;
      },
      (form) => this.agreementPage(reply, actor, id, form),
    );
  }

  @Get('agreement/end')
  @Can('covenant.sign')
  async askBeforeTakingBack(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.takeBackPage(reply, actor, id, newForm());
  }

  @Post('agreement/end')
  @Can('covenant.sign')
  async takeBack(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.covenants.end(actor, id, await readForm(EndSignature, body));
        return `${ADDRESS}/${id}/agreement`;
      },
      (form) => this.takeBackPage(reply, actor, id, form),
    );
  }

  private async checksPage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    seen: Form,
    sending?: Form,
  ): Promise<void> {
    const form = sending ?? seen;
    await this.desk.show(reply, actor, form.status, 'managers/pages/group-checks.njk', {
      title: say('Safety checks'),
      id,
      assurance: await this.queries.get(actor, id),
      files: await this.evidence.list(actor, id),
      form,
      // Two forms on one page, of which one was sent: the other begins anew.
      seen,
      sending: sending ?? newForm(),
      evidenceKinds: choicesOf(EVIDENCE_WORDS),
      requirements: choicesOf(REQUIREMENT_WORDS),
      levels: choicesOf(CHECKED_LEVEL_WORDS),
      words: { requirement: REQUIREMENT_WORDS, level: LEVEL_WORDS, evidence: EVIDENCE_WORDS },
    });
  }

  private async endPage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    recordId: string,
    form: Form,
  ): Promise<void> {
    const { records } = await this.queries.get(actor, id);
    const record = records.find((one) => one.id === recordId);
    const asked: AskedReason = {
      title: say('This no longer holds'),
      back: { text: say('Safety checks'), href: `${ADDRESS}/${id}/checks` },
      says: record
        ? say('{{check}}: from now on it counts as not shown, and offers that need it pause.', {
            check: REQUIREMENT_WORDS[record.requirement],
          })
        : say('It has been taken off the list already.'),
      action: `${ADDRESS}/${id}/checks/${recordId}`,
      label: say('Why?'),
      buttonText: say('It no longer holds'),
      warns: true,
      form,
    };
    await this.desk.show(reply, actor, form.status, 'managers/pages/reason.njk', asked);
  }

  private async agreementPage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
  ): Promise<void> {
    const signed = await this.agreements.ofGroup(actor, id);
    const current = (await this.agreements.list(actor)).find((one) => one.current) ?? null;
    await this.desk.show(reply, actor, form.status, 'managers/pages/group-agreement.njk', {
      title: say('Local agreement of the group'),
      id,
      signed,
      current,
      form,
      commitments: current?.commitments.map(({ code, words }) => ({ value: code, text: words })) ?? [],
    });
  }

  private async takeBackPage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    await this.agreements.ofGroup(actor, id);
    const asked: AskedReason = {
      title: say('Take the signature back'),
      back: { text: say('Local agreement'), href: `${ADDRESS}/${id}/agreement` },
      says: say(
        'The group has then promised nothing. Where the scheme asks for a promise, nobody new is offered to it.',
      ),
      action: `${ADDRESS}/${id}/agreement/end`,
      label: say('Why?'),
      buttonText: say('Take it back'),
      warns: true,
      form,
    };
    await this.desk.show(reply, actor, form.status, 'managers/pages/reason.njk', asked);
  }
}
