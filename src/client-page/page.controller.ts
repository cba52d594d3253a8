import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Refusal } from '../platform/errors/refusal.js';
import {
  ApiMakeAll,
  ApiMayBeGone,
  ApiOpen,
  ApiRead,
  ApiReadAll,
  ApiRemove,
  ApiWriteSeen,
} from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { IfMatchIfSent } from '../platform/http/version.js';
import { OwnPage } from './own-page.service.js';
import { PageAccess } from './page-access.service.js';
import {
  CannotComeInput,
  ChangeContactInput,
  CodeAskedView,
  ConfirmAddressInput,
  NewAddressInput,
  GiveToSupporterInput,
  OwnPageView,
  PageAgreementView,
  PageAppointmentView,
  PageContactView,
  PageFeedbackInput,
  PageMessageView,
  PagePlanView,
  PageQuestionnaireView,
  PageStoryView,
  PageSupporterView,
  StopMessagesInput,
  TakeStoryBackInput,
  TickStepInput,
  WriteMessageInput,
} from './page.dto.js';
import { PageChanges } from './page-changes.service.js';
import { OwnPageQueries } from './page.queries.js';
import type { Visit } from './page.types.js';
import { CurrentVisit, OnOwnPage } from './visit.guard.js';

@ApiTags('Client’s page')
@Controller()
export class OwnPageController {
  constructor(
    private readonly page: OwnPage,
    private readonly access: PageAccess,
    private readonly queries: OwnPageQueries,
    private readonly changes: PageChanges,
  ) {}

  @Get('my-page')
  @OnOwnPage()
  @ApiRead(OwnPageView, 'Who is here, who works with them, and what comes next')
  home(@CurrentVisit() { actor }: Visit): Promise<OwnPageView> {
    return this.queries.home(actor);
  }

  @Get('my-page/plan')
  @OnOwnPage()
  @ApiRead(PagePlanView, 'The parts of the plan that the person was given', '404 where none was.')
  async plan(@CurrentVisit() { actor }: Visit): Promise<PagePlanView> {
    const plan = await this.queries.plan(actor);
    if (!plan) throw Refusal.notFound();
    return plan;
  }

  @Post('my-page/plan/steps/:id')
  @OnOwnPage()
  @ApiOpen(
    PagePlanView,
    'Say that one of your own steps is done, or not after all',
    'Only steps of the plan that was given to the person, and only their own.',
  )
  async tick(
    @CurrentVisit() visit: Visit,
    @Id() id: string,
    @Body() input: TickStepInput,
  ): Promise<PagePlanView> {
    await this.page.tick(visit, id, input);
    return this.plan(visit);
  }

  @Get('my-page/appointments/:id/calendar')
  @OnOwnPage()
  @Header('content-type', 'text/calendar; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="appointment.ics"')
  @ApiOperation({ summary: 'One appointment as a file for a calendar', description: 'It names nobody.' })
  @ApiProduces('text/calendar')
  @ApiOkResponse({ schema: { type: 'string' } })
  calendar(@CurrentVisit() { actor }: Visit, @Id() id: string): Promise<string> {
    return this.queries.calendarOf(actor, id);
  }

  @Get('my-page/stories')
  @OnOwnPage()
  @ApiReadAll(PageStoryView, 'What the person told that may be shown, and where they agree to that today')
  stories(@CurrentVisit() { actor }: Visit): Promise<PageStoryView[]> {
    return this.queries.stories(actor);
  }

  @Post('my-page/stories/:id/take-back')
  @OnOwnPage()
  @HttpCode(200)
  @ApiReadAll(PageStoryView, 'Take back a use of a story, or the whole of it: it acts at once')
  async takeStoryBack(
    @CurrentVisit() visit: Visit,
    @Id() id: string,
    @Body() input: TakeStoryBackInput,
  ): Promise<PageStoryView[]> {
    await this.page.takeStoryBack(visit, id, input);
    return this.queries.stories(visit.actor);
  }

  @Get('my-page/appointments')
  @OnOwnPage()
  @ApiReadAll(PageAppointmentView, 'What is to come, soonest first')
  appointments(@CurrentVisit() { actor }: Visit): Promise<PageAppointmentView[]> {
    return this.queries.appointments(actor);
  }

  @Post('my-page/appointments/:id/cannot-come')
  @OnOwnPage()
  @HttpCode(200)
  @ApiReadAll(PageAppointmentView, '“I cannot come”: it is called off, and another time is found')
  async cannotCome(
    @CurrentVisit() visit: Visit,
    @Id() id: string,
    @Body() input: CannotComeInput,
  ): Promise<PageAppointmentView[]> {
    await this.page.cannotCome(visit, id, input);
    return this.queries.appointments(visit.actor);
  }

  @Get('my-page/questionnaires')
  @OnOwnPage()
  @ApiReadAll(PageQuestionnaireView, 'Questionnaires that wait, and where each is answered')
  questionnaires(@CurrentVisit() { actor }: Visit): Promise<PageQuestionnaireView[]> {
    return this.queries.questionnaires(actor);
  }

  @Get('my-page/agreements')
  @OnOwnPage()
  @ApiReadAll(PageAgreementView, 'Who may see what, and what taking it back would do')
  agreements(@CurrentVisit() { actor }: Visit): Promise<PageAgreementView[]> {
    return this.queries.agreed(actor);
  }

  @Post('my-page/agreements/:id/take-back')
  @OnOwnPage()
  @HttpCode(200)
  @ApiReadAll(PageAgreementView, 'Take an agreement back: it acts at once')
  async takeBack(@CurrentVisit() visit: Visit, @Id() id: string): Promise<PageAgreementView[]> {
    await this.page.takeBack(visit, id);
    return this.queries.agreed(visit.actor);
  }

  @Get('my-page/supporters')
  @OnOwnPage()
  @ApiReadAll(PageSupporterView, 'Whom the person names, and what each may see')
  async supporters(@CurrentVisit() { actor }: Visit): Promise<PageSupporterView[]> {
    return (await this.queries.supporters(actor)).map(({ id, name, role, shares }) => ({
      id,
      name,
      role,
      shares,
    }));
  }

  @Post('my-page/supporters/:id/shares')
  @OnOwnPage()
  @HttpCode(200)
  @ApiReadAll(
    PageSupporterView,
    'Choose item by item what a supporter may see or do',
    'With a safety flag things are only taken away here.',
  )
  async give(
    @CurrentVisit() visit: Visit,
    @Id() id: string,
    @Body() input: GiveToSupporterInput,
  ): Promise<PageSupporterView[]> {
    await this.page.give(visit, id, input);
    return this.supporters(visit);
  }

  @Post('my-page/supporters/:id/end')
  @OnOwnPage()
  @HttpCode(200)
  @ApiReadAll(PageSupporterView, 'End what a supporter may see, silently')
  async endSupporter(@CurrentVisit() visit: Visit, @Id() id: string): Promise<PageSupporterView[]> {
    await this.page.endSupporter(visit, id);
    return this.supporters(visit);
  }

  @Get('my-page/contact')
  @OnOwnPage()
  @ApiRead(PageContactView, 'How the person is reached')
  contact(@CurrentVisit() { actor }: Visit): Promise<PageContactView> {
    return this.queries.contact(actor);
  }

  @Post('my-page/contact')
  @OnOwnPage()
  @ApiWriteSeen(PageContactView, 'Switch channels off, choose a language, say what to mind')
  async changeContact(
    @CurrentVisit() visit: Visit,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: ChangeContactInput,
  ): Promise<PageContactView> {
    await this.page.changeContact(visit, input, seen);
    return this.queries.contact(visit.actor);
  }

  @Post('my-page/contact/changes')
  @OnOwnPage()
  @ApiOpen(
    CodeAskedView,
    'Give another number or e-mail address, or make ours safe again',
    'A code goes there. Until it comes back everything stays as it was. Not with a safety flag.',
    201,
  )
  async askChange(@CurrentVisit() visit: Visit, @Body() { to }: NewAddressInput): Promise<CodeAskedView> {
    return { id: await this.changes.ask(visit, to) };
  }

  @Post('my-page/contact/changes/:id/confirm')
  @OnOwnPage()
  @ApiMayBeGone()
  @ApiOpen(PageContactView, 'Confirm it by the code', 'Ten minutes and five tries.')
  async confirmChange(
    @CurrentVisit() visit: Visit,
    @Id() id: string,
    @Body() { code }: ConfirmAddressInput,
  ): Promise<PageContactView> {
    const came = await this.changes.confirm(visit, id, code);
    if (came === 'wrong') throw Refusal.invalidField('code', 'That code is not right. Check it');
    if (came === 'none') throw Refusal.gone('This does not work any more. Ask for a new code.');
    return this.queries.contact(visit.actor);
  }

  @Post('my-page/stop-messages')
  @OnOwnPage()
  @ApiOpen(PageContactView, 'No texts, e-mails or letters any more')
  async stopMessages(
    @CurrentVisit() visit: Visit,
    @Body() input: StopMessagesInput,
  ): Promise<PageContactView> {
    await this.page.stopMessages(visit, input);
    return this.queries.contact(visit.actor);
  }

  @Get('my-page/messages')
  @OnOwnPage()
  @ApiReadAll(PageMessageView, 'What was written here, newest first')
  messages(@CurrentVisit() { actor }: Visit): Promise<PageMessageView[]> {
    return this.queries.messages(actor);
  }

  @Post('my-page/messages')
  @OnOwnPage()
  @ApiMakeAll(PageMessageView, 'Write to the link worker', 'Read in working hours. Not for emergencies.')
  async write(@CurrentVisit() visit: Visit, @Body() input: WriteMessageInput): Promise<PageMessageView[]> {
    await this.page.write(visit, input);
    return this.queries.messages(visit.actor);
  }

  @Post('my-page/feedback')
  @OnOwnPage()
  @ApiRemove('Say how it is, or raise a concern', 'It goes past whoever it is about.')
  async giveFeedback(@CurrentVisit() visit: Visit, @Body() input: PageFeedbackInput): Promise<void> {
    await this.page.giveFeedback(visit, input);
  }

  @Post('my-page/close')
  @OnOwnPage()
  @ApiRemove('“I do not want this page”: it closes at once')
  async close(@CurrentVisit() { actor }: Visit): Promise<void> {
    await this.access.closeOwn(actor);
  }

  @Get('clients/:id/page/messages')
  @Can('clientPage.get')
  @ApiReadAll(PageMessageView, 'What the person and their supporters wrote on the page, newest first')
  messagesOf(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<PageMessageView[]> {
    return this.queries.messagesOf(actor, id);
  }
}
