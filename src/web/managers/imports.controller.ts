import { Controller, Get, Param, ParseIntPipe, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  ApproveImport,
  DecideRow,
  type AlikeListingView,
  ImportFeedInput,
  ImportFileQuery,
  ImportListQuery,
  ImportRowQuery,
  type ImportRowView,
  type ImportView,
  SayColumns,
} from '../../imports/batch.dto.js';
import { isGoingOn, kindsFor, ROW_OUTCOMES } from '../../imports/batch.types.js';
import { BatchesQueries } from '../../imports/batches.queries.js';
import { BatchesService } from '../../imports/batches.service.js';
import { NOT_READ } from '../../imports/headings.rules.js';
import { ImportUploads, MOST_BYTES } from '../../imports/import-uploads.service.js';
import { SHEETS, templateOf } from '../../imports/kinds/all.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { TakesUpload } from '../../platform/files/uploads.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, seenIn, take } from '../layout/forms.js';
import { type ListOf, ListPages } from '../layout/list-pages.js';
import { sendSheet } from '../layout/sheet.js';
import { sentFile } from '../layout/uploads.js';
import { choicesOf } from '../layout/words.js';
import {
  IMPORT_KIND_WORDS,
  IMPORT_STATE_COLOURS,
  IMPORT_STATE_WORDS,
  PARTLY_UNDONE,
  ROW_WORDS,
  SHEET_HINTS,
  UNDO_WORDS,
} from './imports.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/imports';
/** Where somebody follows what goes on. */
const JOBS = '/desk/jobs';

const IMPORTS: ListOf<ImportView> = sayAll({
  address: ADDRESS,
  name: 'imports',
  columns: [
    { text: 'What', sort: 'made' },
    { text: 'Kind', sort: 'kind' },
    { text: 'State', sort: 'state' },
    { text: 'Rows', sort: 'rows' },
  ],
  usual: '-made',
  file: (one) => ({
    [say('What')]: one.fileName ?? one.address ?? one.source,
    [say('Kind')]: IMPORT_KIND_WORDS[one.kind],
    [say('Brought on')]: londonDate(new Date(one.createdAt)),
    [say('State')]: stateInWords(one),
    [say('Rows')]: one.rows,
  }),
});

/** Lists that somebody else keeps, brought here: checked, looked at, approved, and taken back within a day. */
@ApiExcludeController()
@Controller('desk/imports')
export class ImportPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
    private readonly clock: Clock,
    private readonly batches: BatchesService,
    private readonly queries: BatchesQueries,
    private readonly uploads: ImportUploads,
  ) {}

  @Get()
  @Can('import.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const list = {
      asked,
      query: await readQuery(ImportListQuery, asked),
      read: (query: ImportListQuery) => this.queries.list(actor, query),
      count: (query: ImportListQuery) => this.queries.count(actor, query),
    };
    await this.lists.show(reply, actor, 'managers/pages/imports.njk', IMPORTS, list, (items) => ({
      title: say('Imports'),
      items,
      form: { values: asked, wrong: {} },
      states: [{ value: '', text: say('Any') }, ...choicesOf(IMPORT_STATE_WORDS)],
      words: { kind: IMPORT_KIND_WORDS, state: stateInWords, colour: IMPORT_STATE_COLOURS },
    }));
  }

  @Get('new')
  @Can('import.make')
  async ask(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const [kind, other] = kindsFor(actor);
    await this.newPage(reply, actor, newForm(kind && !other ? { kind } : {}));
  }

  /** Sent twice it is checked twice, which writes nothing: the same name may well be another file by then. */
  @Post('file')
  @Can('import.make')
  @TakesUpload()
  async file(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const file = await sentFile(reply.request, MOST_BYTES);
    try {
      await take(
        reply,
        async (body) => {
          if (!file?.name) throw Refusal.invalidField('file', 'Choose a file');
          const query = await readForm(ImportFileQuery, body);
          query.name = file.name.slice(-200);
          query.sayColumns = true;
          return `${ADDRESS}/${await this.uploads.file(actor, query, file.bytes)}`;
        },
        (form) => this.newPage(reply, actor, form),
      );
    } finally {
      file?.bytes.resume();
    }
  }

  @Post('feed')
  @Can('provider.create')
  async feed(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { address } = await readForm(ImportFeedInput, body);
        return `${JOBS}/${await this.uploads.feed(actor, address)}`;
      },
      (form) => this.newPage(reply, actor, form),
    );
  }

  @Get('template')
  @Can('import.make')
  async template(@Query('kind') kind: string, @Res() reply: FastifyReply): Promise<void> {
    const sheet = templateOf(kind);
    await sendSheet(reply, kind, [sheet]);
  }

  @Get('gone')
  @Can('provider.create')
  async gone(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = await this.queries.gone(actor, await readQuery(PageQuery, asked));
    await this.desk.show(reply, actor, 200, 'managers/pages/imports-gone.njk', {
      title: say('No longer in their feed'),
      items: page.items,
      next: page.next && nextPage(`${ADDRESS}/gone`, asked, page.next),
    });
  }

  @Get(':id')
  @Can('import.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, asked, newForm());
  }

  @Get(':id/refused')
  @Can('import.list')
  async refused(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendSheet(reply, 'refused', await this.queries.refused(actor, id));
  }

  @Post(':id/columns')
  @Can('import.make')
  async sayColumns(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { columns } = await readForm(SayColumns, body);
        return `${JOBS}/${await this.batches.sayColumns(actor, id, columns, seenIn(body))}`;
      },
      (form) => this.page(reply, actor, id, {}, form),
    );
  }

  @Post(':id/rows/:row/verdict')
  @Can('provider.create')
  async decide(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('row', ParseIntPipe) row: number,
    @Query('after') after: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const seen = { outcome: 'alike', ...(after !== undefined && { after }) };
    await take(
      reply,
      async (body) => {
        const { verdict } = await readForm(DecideRow, body);
        await this.batches.decide(actor, id, row, verdict);
        return `${nextPage(`${ADDRESS}/${id}`, seen, after ?? '')}#row-${String(row)}`;
      },
      (form) => this.page(reply, actor, id, seen, form),
    );
  }

  @Post(':id/approve')
  @Can('import.approve')
  async approve(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { leaveOutRefused } = await readForm(ApproveImport, body);
        return `${JOBS}/${await this.batches.approve(actor, id, leaveOutRefused ?? false, { seen: seenIn(body) })}`;
      },
      (form) => this.page(reply, actor, id, {}, form),
    );
  }

  @Post(':id/stop')
  @Can('import.make')
  async stop(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${JOBS}/${await this.batches.stop(actor, id)}`,
      (form) => this.page(reply, actor, id, {}, form),
    );
  }

  @Post(':id/discard')
  @Can('import.make')
  async discard(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.batches.discard(actor, id)}`,
      (form) => this.page(reply, actor, id, {}, form),
    );
  }

  @Post(':id/undo')
  @Can('import.undo')
  async undo(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${JOBS}/${await this.batches.undo(actor, id)}`,
      (form) => this.page(reply, actor, id, {}, form),
    );
  }

  private async newPage(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const kinds = kindsFor(actor);
    await this.desk.show(reply, actor, form.status, 'managers/pages/import-new.njk', {
      title: say('Import a list'),
      form,
      kinds: choicesOf(IMPORT_KIND_WORDS).filter(({ value }) => (kinds as string[]).includes(value)),
      sheets: SHEETS.filter(({ kind }) => kinds.includes(kind)).map((sheet) => ({
        ...sheet,
        words: IMPORT_KIND_WORDS[sheet.kind],
        hints: SHEET_HINTS[sheet.kind],
      })),
      feeds: kinds.includes('open-referral'),
      megabytes: MOST_BYTES / 1_000_000,
    });
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    asked: Record<string, string>,
    form: Form,
  ): Promise<void> {
    const batch = await this.queries.get(actor, id);
    const query = await readQuery(ImportRowQuery, asked);
    const goingOn = isGoingOn(batch.state);
    const read = goingOn ? null : await this.queries.rows(actor, id, query);
    const rows = batch.state === 'uploaded' ? null : read;
    const [first] = read?.items ?? [];
    const sample = (first?.raw ?? {}) as Record<string, unknown>;
    const address = `${ADDRESS}/${id}`;
    // Whoever was overtaken is shown what there is now, and sends again what they then want.
    const version = String(batch.version);
    const undoUntil = batch.undoUntil === null ? null : new Date(batch.undoUntil);
    await this.desk.show(reply, actor, form.status, 'managers/pages/import.njk', {
      title: say('Import: {{batch}}', { batch: stateInWords(batch).toLowerCase() }),
      state: stateInWords(batch),
      batch,
      form: { ...form, version },
      other: newForm(),
      // What was said and not taken, else what each column is taken for.
      said: {
        ...(form.values['columns'] === undefined ? newForm({ columns: batch.columns }) : form),
        version,
      },
      columns: batch.headings.map((heading) => ({ heading, sample: sampleOf(sample[heading]) })),
      meanings: [
        { value: NOT_READ, text: say('Nothing we need') },
        ...batch.mayBe.map((value) => ({ value, text: value })),
      ],
      goingOn,
      undoUntil,
      mayUndo: undoUntil !== null && undoUntil > this.clock.now(),
      outcomes: ROW_OUTCOMES.map((outcome) => ({
        outcome,
        count: batch[outcome],
        words: ROW_WORDS[outcome],
        href: nextPage(address, { outcome }, ''),
        current: asked['outcome'] === outcome,
      })).filter(({ count }) => count > 0),
      rows: rows?.items ?? [],
      alike:
        batch.state === 'checked'
          ? (rows?.items ?? []).flatMap((row) =>
              row.like
                ? [
                    {
                      row,
                      facts: besideOurs(row, row.like),
                      decideAt: nextPage(
                        `${address}/rows/${String(row.row)}/verdict`,
                        {},
                        asked['after'] ?? '',
                      ),
                    },
                  ]
                : [],
            )
          : [],
      narrowed: query.outcome !== undefined || query.warned !== undefined,
      everything: address,
      next: rows?.next && nextPage(address, asked, rows.next),
      words: {
        kind: IMPORT_KIND_WORDS,
        colour: IMPORT_STATE_COLOURS,
        row: ROW_WORDS,
        undo: UNDO_WORDS,
      },
    });
  }
}

/** What came and the service that it looks like, fact by fact. */
function besideOurs({ value }: ImportRowView, ours: AlikeListingView) {
  const came = value as Partial<Record<'name' | 'service' | 'description' | 'address' | 'postcode', string>>;
  const pairs: [string, string | null | undefined, string | null][] = [
    [say('Service'), came.service, ours.name],
    [say('Group'), came.name, ours.organisationName],
    [say('Address'), came.address, ours.address],
    [say('Postcode'), came.postcode, ours.postcode],
    [say('What it is'), came.description, ours.description],
  ];
  return pairs.map(([what, there, here]) => ({
    what,
    there: there ? there : say('Not said'),
    here: here ? here : say('Not said'),
    differs: (there ?? '') !== (here ?? ''),
  }));
}

const SAMPLE = 60;
/** The beginning of a cell, for whoever says what its column is. */
const sampleOf = (cell: unknown): string =>
  typeof cell !== 'string' ? '' : cell.length > SAMPLE ? `${cell.slice(0, SAMPLE)}…` : cell;

const stateInWords = ({ state, partlyUndone }: ImportView): string =>
  partlyUndone ? PARTLY_UNDONE : IMPORT_STATE_WORDS[state];
