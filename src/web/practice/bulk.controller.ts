import { Controller, Get, Param, ParseIntPipe, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SafetyNumbersQueries } from '../../identity/safety-numbers.queries.js';
import { isGoingOn, PERSON_ROW_OUTCOMES } from '../../imports/batch.types.js';
import {
  ApproveBulkReferral,
  BulkReferralRowQuery,
  type BulkReferralRowView,
  type BulkReferralView,
  CheckBulkReferral,
  DecideInput,
} from '../../imports/bulk-referral.dto.js';
import { BulkReferralsQueries } from '../../imports/bulk-referrals.queries.js';
import { BulkReferrals, MOST_LIST_BYTES, MOST_PEOPLE } from '../../imports/bulk-referrals.service.js';
import { ROWS_KEPT_DAYS } from '../../imports/batch.steps.js';
import { csvLine } from '../../imports/raw.rules.js';
import { NOT_READ, SHEET_FIELD_NAMES, sheetWord, TEMPLATE } from '../../imports/referral-sheet.rules.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { TakesUpload } from '../../platform/files/uploads.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { sendSheet } from '../layout/sheet.js';
import { Stops } from '../layout/stops.js';
import { sentFile } from '../layout/uploads.js';
import { choicesOf, NEED_WORDS } from '../layout/words.js';
import { BULK_ROW_WORDS, BULK_STATE_COLOURS, BULK_STATE_WORDS, WAS_REFERRED } from './bulk.words.js';
import { HOW_WORDS } from './practice.words.js';
import { sideBySide } from './same-person.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/bulk-refer';
/** Where somebody follows what goes on. */
const JOBS = '/desk/jobs';

/** A practice refers the people of a search together: checked, looked at, approved, and taken back within a day. */
@ApiExcludeController()
@Controller('desk/bulk-refer')
export class BulkReferPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly bulk: BulkReferrals,
    private readonly queries: BulkReferralsQueries,
    private readonly stops: Stops,
    private readonly numbers: SafetyNumbersQueries,
  ) {}

  @Get()
  @Can('bulkReferral.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.first(reply, actor, asked, newForm());
  }

  @Get('template.csv')
  @Can('bulkReferral.make')
  async template(@Res() reply: FastifyReply): Promise<void> {
    await sendSheet(reply, 'people-to-refer', TEMPLATE.map(csvLine));
  }

  @Post('file')
  @Can('bulkReferral.make')
  @TakesUpload()
  async file(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const file = await sentFile(reply.request, MOST_LIST_BYTES);
    try {
      await take(
        reply,
        async () => {
          if (!file?.name) throw Refusal.invalidField('file', 'Choose a file');
          return `${ADDRESS}/${await this.bulk.upload(actor, file.name, file.bytes).catch(tooLarge)}`;
        },
        (form) => this.first(reply, actor, {}, form),
      );
    } finally {
      file?.bytes.resume();
    }
  }

  @Get(':id')
  @Can('bulkReferral.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, asked, null);
  }

  @Get(':id/refused')
  @Can('bulkReferral.list')
  async refused(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendSheet(reply, 'not-referred', await this.queries.refused(actor, id));
  }

  @Post(':id/check')
  @Can('bulkReferral.make')
  async check(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.taken(reply, actor, id, async (body) =>
      this.bulk.read(actor, id, await readForm(CheckBulkReferral, body)),
    );
  }

  @Post(':id/rows/:row/verdict')
  @Can('bulkReferral.make')
  async decide(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('row', ParseIntPipe) row: number,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.taken(
      reply,
      actor,
      id,
      async (body) => this.bulk.decide(actor, id, row, (await readForm(DecideInput, body)).verdict),
      () => `${ADDRESS}/${id}?outcome=alike`,
    );
  }

  @Post(':id/approve')
  @Can('bulkReferral.approve')
  async approve(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (await this.stops.shown(reply, actor)) return;
    await this.taken(reply, actor, id, async (body) =>
      this.bulk.approve(actor, id, (await readForm(ApproveBulkReferral, body)).couldComeToHarm),
    );
  }

  @Post(':id/stop')
  @Can('bulkReferral.make')
  async stop(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.taken(reply, actor, id, () => this.bulk.stop(actor, id));
  }

  @Post(':id/discard')
  @Can('bulkReferral.make')
  async discard(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.taken(reply, actor, id, () => this.bulk.discard(actor, id));
  }

  @Post(':id/undo')
  @Can('bulkReferral.undo')
  async undo(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.taken(reply, actor, id, () => this.bulk.undo(actor, id));
  }

  private async taken(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (body: unknown) => Promise<string>,
    to = (of: string): string => `${JOBS}/${of}`,
  ): Promise<void> {
    await take(
      reply,
      async (body) => to(await work(body)),
      (form) => this.page(reply, actor, id, {}, form),
    );
  }

  private async first(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    form: Form,
  ): Promise<void> {
    const page = await this.queries.list(actor, await readQuery(PageQuery, asked));
    await this.desk.show(reply, actor, form.status, 'practice/pages/bulk.njk', {
      title: say('Refer people from a list'),
      form,
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: asked['after'] !== undefined,
      limits: { megabytes: MOST_LIST_BYTES / 1_000_000, people: MOST_PEOPLE, days: ROWS_KEPT_DAYS },
      words: { state: BULK_STATE_WORDS, colour: BULK_STATE_COLOURS },
    });
  }

  /** One list at whatever step it is. `form` is what was not taken, if anything. */
  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    asked: Record<string, string>,
    form: Form | null,
  ): Promise<void> {
    const list = await this.queries.get(actor, id);
    const query = await readQuery(BulkReferralRowQuery, asked);
    const goingOn = isGoingOn(list.state);
    const showsRows = !goingOn && list.state !== 'uploaded' && list.rowsDeletedAt === null;
    const rows = showsRows ? await this.queries.rows(actor, id, query) : null;
    const undoUntil = list.undoUntil === null ? null : new Date(list.undoUntil);
    const address = `${ADDRESS}/${id}`;
    await this.desk.show(reply, actor, form?.status ?? 200, 'practice/pages/bulk-list.njk', {
      title: say('People from a list: {{state}}', { state: BULK_STATE_WORDS[list.state].toLowerCase() }),
      list,
      numbers: await this.numbers.of(actor.schemeId),
      form: form ?? newForm(columnsOf(list)),
      other: newForm(),
      goingOn,
      colour: BULK_STATE_COLOURS[list.state],
      state: BULK_STATE_WORDS[list.state],
      undoUntil,
      mayUndo: undoUntil !== null && undoUntil > this.clock.now(),
      outcomes: PERSON_ROW_OUTCOMES.map((outcome) => ({
        words: wordsOf(list, outcome),
        count: outcome === 'undone' ? 0 : list[outcome],
        href: nextPage(address, { outcome }, ''),
        current: asked['outcome'] === outcome,
      })).filter(({ count }) => count > 0),
      rows: (rows?.items ?? []).map((row) => ({
        row,
        words: wordsOf(list, row.outcome),
        facts: factsOf(row),
      })),
      narrowed: query.outcome !== undefined,
      everything: address,
      next: rows?.next && nextPage(address, asked, rows.next),
      meanings: [
        { value: NOT_READ, text: say('Nothing we need') },
        ...SHEET_FIELD_NAMES.map((value) => ({ value, text: sheetWord(value) })),
      ],
      how: choicesOf(HOW_WORDS),
      needs: choicesOf(NEED_WORDS),
    });
  }
}

/** Said beside the file, where somebody can choose another. */
function tooLarge(error: unknown): never {
  if (!(error instanceof Refusal) || error.status !== 413) throw error;
  const megabytes = String(MOST_LIST_BYTES / 1_000_000);
  throw Refusal.invalidField('file', `The file must be a CSV smaller than ${megabytes} MB`);
}

/** What the form begins with: what each column seems to be. */
const columnsOf = ({ columns, how, reasons }: BulkReferralView): Form['values'] => ({
  columns,
  how: how ?? '',
  reasons,
});

const wordsOf = ({ state }: BulkReferralView, outcome: BulkReferralRowView['outcome']): string =>
  outcome === 'added' && (state === 'applied' || state === 'undone')
    ? say(WAS_REFERRED)
    : BULK_ROW_WORDS[outcome];

const factsOf = ({ outcome, client, referral }: BulkReferralRowView) =>
  outcome === 'alike' && referral ? sideBySide(client, referral.client) : null;
