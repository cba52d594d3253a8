import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../permissions/can.decorator.js';
import { type FieldProblem, Refusal } from '../../platform/errors/refusal.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { isUuid, newId } from '../../platform/pure/ids.js';
import { type ClaimedGroup, ClaimsQueries } from '../../providers/claims.queries.js';
import { Claims } from '../../providers/claims.service.js';
import { doneOnce, SENT_BEFORE } from '../layout/forms.js';
import { Pages } from '../layout/pages.js';
import { seeOther } from '../layout/see-other.js';
import { fields } from '../reply/reply.forms.js';
import { speechFor } from '../words/choice.js';
import type { Key } from '../words/speech.js';
import { problemsIn } from '../words/spoken-form.js';

const READS: [number, number] = [120, 10];
const WRITES: [number, number] = [10, 10];

/** "This is my group": for anybody, without an account. Every answer is the same, whatever is known of the address. */
@ApiExcludeController()
@Controller('claim')
export class ClaimController {
  constructor(
    private readonly pages: Pages,
    private readonly claims: Claims,
    private readonly queries: ClaimsQueries,
  ) {}

  @Get('sent')
  @Public()
  @LimitPerAddress(...READS)
  sent(@Res() reply: FastifyReply): Promise<void> {
    return this.message(reply, 200, 'groups.claim.sent.heading', 'groups.claim.sent.text');
  }

  @Get('thanks')
  @Public()
  @LimitPerAddress(...READS)
  thanks(@Res() reply: FastifyReply): Promise<void> {
    return this.message(reply, 200, 'groups.claim.thanks.heading', 'groups.claim.thanks.text');
  }

  /** A mail scanner opens it too, so it only asks. */
  @Get('confirm/:token')
  @Public()
  @LimitPerAddress(...READS)
  async ready(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    if (!(await this.claims.isLive(token))) return this.gone(reply);
    const speech = speechFor(reply.request);
    return this.pages.show(reply, 200, 'claim/pages/confirm.njk', {
      speech,
      title: speech.t('groups.claim.confirm.title'),
      to: `/claim/confirm/${encodeURIComponent(token)}`,
    });
  }

  @Post('confirm/:token')
  @Public()
  @LimitPerAddress(...WRITES)
  async confirm(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    try {
      await this.claims.prove(token);
    } catch (error) {
      if (error instanceof Refusal && error.status === 410) return this.gone(reply);
      throw error;
    }
    await seeOther(reply, '/claim/thanks');
  }

  @Get(':scheme/:organisation')
  @Public()
  @LimitPerAddress(...READS)
  form(
    @Param('scheme') scheme: string,
    @Param('organisation') organisation: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.show(reply, scheme, organisation, 200, {}, []);
  }

  @Post(':scheme/:organisation')
  @Public()
  @LimitPerAddress(...WRITES)
  async ask(
    @Param('scheme') scheme: string,
    @Param('organisation') organisation: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.group(scheme, organisation);
    if (found.standing !== 'there') return this.notThere(reply, found);
    const values = Object.fromEntries(Object.entries(fields(body)).map(([name, text]) => [name, tidy(text)]));
    const { name = '', email = '', why = '' } = values;
    doneOnce(reply.request, body);
    try {
      await this.claims.ask(scheme, organisation, {
        name,
        email,
        why,
        wantsSignIn: values['sign-in'] === 'yes',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 422) throw error;
      const problems = (error.extra['errors'] as FieldProblem[] | undefined) ?? [];
      const kept = Object.fromEntries(
        Object.entries(values).map(([field, text]) => [field, text.slice(0, 5000)]),
      );
      const again = error.code === SENT_BEFORE ? 'common.sentBefore' : null;
      return this.show(reply, scheme, organisation, 422, kept, problems, again);
    }
    await seeOther(reply, '/claim/sent');
  }

  private async show(
    reply: FastifyReply,
    scheme: string,
    organisation: string,
    status: number,
    values: Record<string, string>,
    wrong: readonly FieldProblem[],
    notice: Key | null = null,
  ): Promise<void> {
    const found = await this.group(scheme, organisation);
    if (found.standing !== 'there') return this.notThere(reply, found);
    const speech = speechFor(reply.request);
    const problems = problemsIn(wrong, speech);
    return this.pages.show(reply, status, 'claim/pages/form.njk', {
      speech,
      title: speech.t('groups.claim.title'),
      group: found.group,
      to: `/claim/${scheme}/${organisation}`,
      key: newId(),
      notice: notice && speech.t(notice),
      values,
      errors: problems.map(({ field, message }) => ({ field, text: message, href: `#${field}` })),
      wrong: Object.fromEntries(problems.map(({ field, message }) => [field, message])),
    });
  }

  private async group(scheme: string, organisation: string): Promise<ClaimedGroup> {
    if (!isUuid(scheme) || !isUuid(organisation)) throw Refusal.notFound();
    return this.queries.group(scheme, organisation);
  }

  /** The address of the form may be printed somewhere: whoever opens it later reads what holds by then. */
  private notThere(reply: FastifyReply, { group, phone, standing }: ClaimedGroup): Promise<void> {
    const closed = standing === 'closed';
    const speech = speechFor(reply.request);
    return this.pages.show(reply, 410, 'claim/pages/not-there.njk', {
      speech,
      title: speech.t(closed ? 'groups.claim.closed.title' : 'groups.claim.gone.title'),
      phone,
      ...(closed ? { group } : {}),
    });
  }

  private gone(reply: FastifyReply): Promise<void> {
    return this.message(reply, 410, 'reply.title.gone', 'groups.claim.over');
  }

  private message(reply: FastifyReply, status: number, heading: Key, text: Key): Promise<void> {
    const speech = speechFor(reply.request);
    const words = { heading: speech.t(heading), text: speech.t(text) };
    return this.pages.show(reply, status, 'reply/pages/message.njk', {
      speech,
      ...words,
      title: words.heading,
    });
  }
}

/** As people type, without control characters and spaces around. */
const tidy = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim();
