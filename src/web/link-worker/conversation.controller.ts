import { isDeepStrictEqual } from 'node:util';
import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PlanDraftContent, type PlanDraftView, PrivateWords } from '../../caseload/plan.dto.js';
import { PlanDraftsService } from '../../caseload/plan-drafts.service.js';
import { ABOUT_ME } from '../../caseload/plan.types.js';
import type { PrivateWordsInput } from '../../caseload/private-words.js';
import { PlansQueries } from '../../caseload/plans.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Nested, Uuid } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { isWithWorker } from '../../referrals/referral.types.js';
import { sinceInWords } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { answerScript, isScript } from '../layout/drafts.js';
import { type Form, hidden, newForm, PRINT, readForm, take, versionIn } from '../layout/forms.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { inputOf, PlanPages, versioned, type PlanInput } from './plan.pages.js';
import { PROMPT_HINTS } from './plan.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

class DropDraftInput {
  @Uuid({ optional: true, description: 'One that was put aside; the draft itself where none is named.' })
  aside?: string;
}

/** All that one page takes: what is the plan's, and what is private to whoever writes. */
class ConversationForm extends PlanDraftContent {
  @Nested(() => PrivateWords, { optional: true })
  private?: PrivateWords;
}

/** Where the page stood in what is private; a page without those boxes changes none of it. */
const PRIVATE = '_private';
const QUIET = '_quiet';
const REVISION = '_draft';
/** A page names its tab by the key it was shown with. */
const TAB = '_key';

type Words = Record<string, string>;

/** A text beside the one in the form, and whose words they are. */
interface Beside {
  label: string;
  words: Words;
}

/** What matters to a person: one quiet page to listen by. What is typed is kept as a draft until it is saved. */
@ApiExcludeController()
@Controller('desk/people/:id/conversation')
export class ConversationController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly plans: PlanPages,
    private readonly queries: PlansQueries,
    private readonly drafts: PlanDraftsService,
  ) {}

  @Get()
  @Can('plan.read')
  async listen(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, null);
  }

  /** The words of the plan; its goals stay as they are. The first save makes the plan, and each ends the draft. */
  @Post()
  @Can('plan.write')
  async hear(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const found = await this.plans.found(actor, id);
        const { words, own } = await readConversation(body);
        const kept: PlanInput = found.plan ? inputOf(found.plan.content) : { goals: [] };
        const revision = revisionIn(body);
        const input = {
          ...kept,
          aboutMe: words.aboutMe ?? {},
          writtenWith: words.writtenWith ?? null,
          strengths: words.strengths ?? null,
          wouldLikeToGive: words.wouldLikeToGive ?? null,
          ...(revision > 0 && { draftRevision: revision }),
        };
        await this.plans.save(actor, found, versionIn(body), input, own);
        return `/desk/people/${id}/plan`;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  /** By its button without a script; with one, every ten seconds and whenever a box is left. */
  @Post('draft')
  @Can('plan.write')
  async keep(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const keep = async (
      body: unknown,
    ): Promise<Pick<PlanDraftView, 'revision' | 'savedAt'> & { own?: number }> => {
      const { current } = await this.heads.of(actor, id);
      if (current === null) throw Refusal.notFound();
      const { words, own } = await readConversation(body);
      const before = await this.queries.draft(actor, current.id);
      // A draft may hold more than this page shows: goals, what to do if things go wrong.
      const content = Object.assign(new PlanDraftContent(), before.content, NOTHING, words);
      const tab = hidden(body, TAB).slice(0, 60) || 'page';
      await this.drafts.save(actor, current.id, { revision: revisionIn(body), tab, content }, own);
      const after = await this.queries.draft(actor, current.id);
      if (!isDeepStrictEqual(filled(wordsOf(after.content)), filled(wordsOf(content)))) throw elsewhere();
      const { revision, savedAt } = after;
      if (own === undefined) return { revision, savedAt };
      return { revision, savedAt, own: (await this.queries.privateWords(actor, current.id)).version };
    };
    if (isScript(reply.request)) {
      await answerScript(reply, async () => {
        const { revision, savedAt, own } = await keep(reply.request.body);
        const now = this.clock.now();
        return {
          revision,
          own,
          said: say('Draft saved at {{now}}', { now: sinceInWords(savedAt ?? now, now) }),
        };
      });
      return;
    }
    await take(
      reply,
      async (body) => {
        await keep(body);
        return `/desk/people/${id}/conversation`;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Post('draft/drop')
  @Can('plan.write')
  async drop(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { current } = await this.heads.of(actor, id);
        if (current === null) throw Refusal.notFound();
        const { aside = null } = await readForm(DropDraftInput, body);
        await this.drafts.discard(actor, current.id, aside);
        return `/desk/people/${id}/conversation`;
      },
      (form) => this.page(reply, actor, id, { ...newForm(), notice: form.notice, status: form.status }),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, tried: Form | null): Promise<void> {
    const { person, referral, plan } = await this.plans.found(actor, id);
    const draft = await this.queries.draft(actor, referral.id);
    const own = await this.queries.privateWords(actor, referral.id);
    const saved = plan ? wordsOf(plan.content) : {};
    const kept = wordsOf(draft.content);
    // Words that are the plan's already are no draft any more, whichever tab saved them.
    const unsaved = draft.content !== null && !isDeepStrictEqual(filled(kept), filled(saved));
    const now = this.clock.now();
    const at = draft.savedAt && sinceInWords(draft.savedAt, now);
    const notes = privateOf(own.words);
    const form = versioned(tried ?? newForm({ ...(unsaved ? kept : saved), ...notes }), plan);
    const beside: Beside[] = [
      ...(form.status === 412 || (unsaved && draft.basedOn < draft.planVersion)
        ? [{ label: say('Saved meanwhile'), words: { ...saved, ...notes } }]
        : []),
      ...(tried && unsaved && at ? [{ label: say('In your draft of {{at}}', { at }), words: kept }] : []),
      ...draft.aside.map(({ content, savedAt }) => ({
        label: say('In another tab at {{now}}', { now: sinceInWords(new Date(savedAt), now) }),
        words: wordsOf(content),
      })),
    ];
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/conversation.njk', {
      title: recordTitle(say('Conversation'), person),
      heading: say('What matters to you'),
      form,
      own: { version: own.version, words: notes },
      quiet: isQuiet(reply.request),
      person,
      pages: recordPages(id, 'conversation'),
      beside,
      draft: {
        // What a tab wrote on top of, also where its words come back to it: never more than it has seen.
        revision: tried && !tried.kept ? revisionIn(reply.request.body) : draft.revision,
        at: unsaved ? at : null,
        aside: draft.aside.map(({ id: asideId, savedAt }) => ({
          id: asideId,
          at: sinceInWords(new Date(savedAt), now),
        })),
      },
      prompts: Object.entries(ABOUT_ME).map(([name, text]) => ({
        name: `aboutMe.${name}`,
        text,
        hint: PROMPT_HINTS[name],
      })),
      writable: isWithWorker(referral.state),
      blank: (reply.request.query as Record<string, unknown>)[PRINT] === 'blank',
      words: { reach: REACH_WORDS },
    });
  }
}

/** With less around it and larger, for somebody who sits beside the worker: nothing private, and nothing of safety. */
const isQuiet = ({ query, body }: FastifyRequest): boolean =>
  (query as Record<string, unknown>)['quiet'] !== undefined || hidden(body, QUIET) !== '';

async function readConversation(
  body: unknown,
): Promise<{ words: PlanDraftContent; own: PrivateWordsInput | undefined }> {
  const { private: noted = {}, ...words } = await readForm(ConversationForm, body);
  const shown = hidden(body, PRIVATE);
  // As JSON keeps it: what is not there is not written.
  const own = JSON.parse(JSON.stringify(noted)) as PrivateWords;
  return { words, own: shown === '' ? undefined : { version: Number(shown) || 0, words: own } };
}

const privateOf = (words: PrivateWords): Words =>
  Object.fromEntries(Object.entries(filled(wordsOf(words))).map(([name, text]) => [`private.${name}`, text]));

const revisionIn = (body: unknown): number => Number(hidden(body, REVISION)) || 0;

const elsewhere = (): Refusal =>
  Refusal.conflict(
    'draft-elsewhere',
    'This is being written in another tab too. Both texts are kept: load it again to see them, and choose.',
  );

/** What this page shows, emptied. */
const NOTHING = { aboutMe: {}, writtenWith: null, strengths: null, wouldLikeToGive: null };

type Said = Partial<Pick<PlanDraftContent, 'aboutMe' | 'writtenWith' | 'strengths' | 'wouldLikeToGive'>>;

const wordsOf = (said: Said | null): Words => ({
  ...Object.fromEntries(
    Object.entries(said?.aboutMe ?? {}).map(([name, text]) => [
      `aboutMe.${name}`,
      (text as string | null) ?? '',
    ]),
  ),
  writtenWith: said?.writtenWith ?? '',
  strengths: said?.strengths ?? '',
  wouldLikeToGive: said?.wouldLikeToGive ?? '',
});

const filled = (words: Words): Words =>
  Object.fromEntries(Object.entries(words).filter(([, text]) => text !== ''));
