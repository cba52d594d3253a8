import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AssetsModule } from '../assets/assets.module.js';
import { CaseloadModule } from '../caseload/caseload.module.js';
import { ClientPageModule } from '../client-page/client-page.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { LinkWorkersModule } from '../link-workers/link-workers.module.js';
import { OnwardReferralsModule } from '../onward-referrals/onward-referrals.module.js';
import { OutcomesModule } from '../outcomes/outcomes.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { RecordsModule } from '../records/records.module.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { RemindersModule } from '../reminders/reminders.module.js';
import { ReportingModule } from '../reporting/reporting.module.js';
import { StoriesModule } from '../stories/stories.module.js';
import { JobPagesController } from './jobs/jobs.controller.js';
import { AssetsController } from './layout/assets.controller.js';
import { Desk } from './layout/desk.js';
import { FormGuard } from './layout/form-tokens.js';
import { ListPages } from './layout/list-pages.js';
import { Many } from './layout/many.js';
import { Pages } from './layout/pages.js';
import { Stops } from './layout/stops.js';
import { MyController } from './my/my.controller.js';
import { NeutralController } from './my/neutral.controller.js';
import { ClaimController } from './claim/claim.controller.js';
import { PrivacyController } from './privacy/privacy.controller.js';
import { CopyController } from './records/copy.controller.js';
import { QuestionsController } from './questions/questions.controller.js';
import { ReceivedController } from './received/received.controller.js';
import { CodesTyped } from './group/codes-typed.js';
import { GroupFrame } from './group/group-frame.js';
import { CodeEntryController } from './sign-in/code-entry.controller.js';
import { WayInFrame } from './sign-in/way-in-frame.js';
import { OurContactController } from './group/our-contact.controller.js';
import { OurTallyController } from './group/our-tally.controller.js';
import { OurTimesController } from './group/our-times.controller.js';
import { OurReferralsController } from './group/our-referrals.controller.js';
import { OurRegistersController } from './group/our-registers.controller.js';
import { OurServicesController } from './group/our-services.controller.js';
import { GroupAnswers } from './reply/group-answers.js';
import { ReplyController } from './reply/reply.controller.js';
import { SurveyController } from './survey/survey.controller.js';
import { ApprovalPagesController } from './across/approvals.controller.js';
import { ClientFeedbackPagesController } from './across/client-feedback.controller.js';
import { MorePagesController } from './across/more.controller.js';
import { MovePagesController } from './across/moves.controller.js';
import { NotePagesController } from './across/notes.controller.js';
import { SafetyMessagePagesController } from './across/safety-messages.controller.js';
import { SharedPlanPagesController } from './across/shared-plans.controller.js';
import { StoryPagesController } from './across/stories.controller.js';
import { SupervisionPagesController } from './across/supervision.controller.js';
import { TransferPagesController } from './across/transfers.controller.js';
import { WarmHandoverPagesController } from './across/warm-handovers.controller.js';
import { AwayPagesController } from './link-worker/away.controller.js';
import { BreakGlassPagesController } from './link-worker/break-glass.controller.js';
import { ReferralRecordController } from './link-worker/referral-record.controller.js';
import { SamePersonController } from './link-worker/same-person.controller.js';
import { CalendarPagesController } from './link-worker/calendar.controller.js';
import { CaseloadPagesController } from './link-worker/caseload.controller.js';
import { ContactPagesController } from './link-worker/contacts.controller.js';
import { ConversationController } from './link-worker/conversation.controller.js';
import { DeathController } from './link-worker/death.controller.js';
import { DetailsController } from './link-worker/details.controller.js';
import { DocumentsController } from './link-worker/documents.controller.js';
import { HelpPagesController } from './link-worker/help.controller.js';
import { EndingPagesController } from './link-worker/ending.controller.js';
import { FindController } from './link-worker/find.controller.js';
import { NewPersonController } from './link-worker/new-person.controller.js';
import { NeverOfferController } from './link-worker/never-offer.controller.js';
import { OwnPageAccessController } from './link-worker/own-page.controller.js';
import { PersonMessagesController } from './link-worker/person-messages.controller.js';
import { WriteController } from './link-worker/write.controller.js';
import { OnwardPagesController } from './link-worker/onward.controller.js';
import { ReferOnController } from './link-worker/refer-on.controller.js';
import { GroupConcernController } from './link-worker/group-concern.controller.js';
import { PlanCopyController } from './link-worker/plan-copy.controller.js';
import { PlanPartsController } from './link-worker/plan-parts.controller.js';
import { PlanPagesController } from './link-worker/plan.controller.js';
import { PlanPages } from './link-worker/plan.pages.js';
import { PeopleClosePagesController } from './link-worker/people-close.controller.js';
import { PersonController } from './link-worker/person.controller.js';
import { OutlinePagesController } from './managers/outlines.controller.js';
import { Maps } from './map/maps.js';
import { AssetPagesController } from './managers/assets.controller.js';
import { NeighbourhoodPagesController } from './managers/neighbourhoods.controller.js';
import { AuditPagesController } from './managers/audit.controller.js';
import { HealthPagesController } from './managers/health.controller.js';
import { ImportPagesController } from './managers/imports.controller.js';
import { InvitationPagesController } from './managers/invitations.controller.js';
import { ClaimPagesController } from './managers/claims.controller.js';
import { ConcernPagesController } from './managers/concerns.controller.js';
import { CopyPagesController } from './managers/copies.controller.js';
import { CovenantPagesController } from './managers/covenants.controller.js';
import { GroupPagesController } from './managers/groups.controller.js';
import { GroupCheckPagesController } from './managers/group-checks.controller.js';
import { GapPagesController } from './managers/gaps.controller.js';
import { SurveyPagesController } from './managers/surveys.controller.js';
import { RegisterPagesController } from './managers/registers.controller.js';
import { VolunteerDataController } from './managers/volunteer-data.controller.js';
import { GroupFigurePagesController } from './managers/group-figures.controller.js';
import { GroupTimesController } from './managers/group-times.controller.js';
import { GroupTallyController } from './link-worker/group-tally.controller.js';
import { GroupProfilesController } from './managers/group-profiles.controller.js';
import { ListingFormsController } from './managers/listing-forms.controller.js';
import { ListPagesController } from './managers/lists.controller.js';
import { OwnQuestionnairesController } from './managers/own-questionnaires.controller.js';
import { MeasurePagesController } from './managers/measures.controller.js';
import { MessageSwitchPagesController } from './managers/message-switches.controller.js';
import { SchemePagesController } from './managers/scheme.controller.js';
import { ListingPagesController } from './managers/listings.controller.js';
import { ManageController } from './managers/manage.controller.js';
import { OrganisationPagesController } from './managers/organisations.controller.js';
import { OverviewPagesController } from './managers/overview.controller.js';
import { RetentionPagesController } from './managers/retention.controller.js';
import { TemplatePagesController } from './managers/templates.controller.js';
import { SafeguardingLeadsController } from './managers/leads.controller.js';
import { WorkerPagesController } from './managers/workers.controller.js';
import { TeamPagesController } from './managers/team.controller.js';
import { UserPagesController } from './managers/users.controller.js';
import { TaskPagesController } from './tasks/tasks.controller.js';
import { ManyAtOnce } from './link-worker/many-at-once.js';
import { WriteToMany } from './link-worker/write-to-many.js';
import { TodayPagesController } from './link-worker/today.controller.js';
import { QuestionnairePagesController } from './link-worker/questionnaires.controller.js';
import { VolunteeringPagesController } from './link-worker/volunteering.controller.js';
import { SafetyPagesController } from './link-worker/safety.controller.js';
import { SharingPagesController } from './link-worker/sharing.controller.js';
import { TriagePagesController } from './link-worker/triage.controller.js';
import { SecondFactorPagesController } from './account/second-factor-pages.controller.js';
import { AccountFrame } from './account/account-frame.js';
import { MessagePagesController } from './account/message-pages.controller.js';
import { PasswordPagesController } from './account/password-pages.controller.js';
import { SessionsPagesController } from './account/sessions-pages.controller.js';
import { KeptFormsController } from './account/kept-forms.controller.js';
import { BulkReferPagesController } from './practice/bulk.controller.js';
import { StaffPagesController } from './practice/staff.controller.js';
import { PracticeSettingsController } from './practice/settings.controller.js';
import { DraftPagesController } from './practice/drafts.controller.js';
import { KnownPeople } from './practice/known.js';
import { ReferPage } from './practice/refer.page.js';
import { ReferController } from './practice/refer.controller.js';
import { ReferralPagesController } from './practice/referrals.controller.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { WebhookPagesController } from './programs/webhooks.controller.js';
import { ProgramPagesController } from './programs/programs.controller.js';
import { FinderController } from './public/finder.controller.js';
import { PublicSchemes } from './public/public-schemes.js';
import { SelfReferralController } from './public/self-referral.controller.js';
import { OwnReferrals } from './search/own-referrals.js';
import { PeopleSought } from './search/people-sought.js';
import { SearchController } from './search/search.controller.js';
import { WorryPagesController } from './practice/worry.controller.js';
import { DeathToldController } from './practice/death-told.controller.js';
import { WayInController } from './sign-in/way-in.controller.js';
import { OrganisationSignInController } from './sign-in/organisation-sign-in.controller.js';
import { SecondStepController } from './sign-in/second-step.controller.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { TallyController } from './tally/tally.controller.js';

/** Pages for people, by journey. They call the services and queries that the API calls, and never the database. */
@Module({
  imports: [
    AssetsModule,
    CaseloadModule,
    ClientPageModule,
    ClientsModule,
    FeedbackModule,
    IdentityModule,
    ImportsModule,
    LinkWorkersModule,
    OnwardReferralsModule,
    OutcomesModule,
    ProvidersModule,
    RecordsModule,
    ReferralsModule,
    RemindersModule,
    ReportingModule,
    WebhooksModule,
    StoriesModule,
  ],
  controllers: [
    ApprovalPagesController,
    AssetPagesController,
    AssetsController,
    AuditPagesController,
    AwayPagesController,
    BreakGlassPagesController,
    BulkReferPagesController,
    CalendarPagesController,
    CaseloadPagesController,
    ClaimController,
    ClaimPagesController,
    ClientFeedbackPagesController,
    ConcernPagesController,
    ContactPagesController,
    ConversationController,
    CopyController,
    CopyPagesController,
    CovenantPagesController,
    DeathController,
    DetailsController,
    DocumentsController,
    EndingPagesController,
    FindController,
    ProgramPagesController,
    WebhookPagesController,
    FinderController,
    GapPagesController,
    GroupCheckPagesController,
    VolunteerDataController,
    GroupFigurePagesController,
    GroupPagesController,
    RegisterPagesController,
    GroupProfilesController,
    GroupTimesController,
    GroupTallyController,
    HealthPagesController,
    HelpPagesController,
    ImportPagesController,
    InvitationPagesController,
    JobPagesController,
    KeptFormsController,
    ListingFormsController,
    ListPagesController,
    ListingPagesController,
    ManageController,
    MeasurePagesController,
    MessagePagesController,
    MessageSwitchPagesController,
    MorePagesController,
    MovePagesController,
    MyController,
    NeighbourhoodPagesController,
    NeutralController,
    NewPersonController,
    NeverOfferController,
    NotePagesController,
    OnwardPagesController,
    OrganisationSignInController,
    OrganisationPagesController,
    OurContactController,
    OurTallyController,
    OurTimesController,
    OurReferralsController,
    OurRegistersController,
    OurServicesController,
    OutlinePagesController,
    OverviewPagesController,
    OwnQuestionnairesController,
    OwnPageAccessController,
    PeopleClosePagesController,
    PersonController,
    PersonMessagesController,
    WriteController,
    PlanPagesController,
    PlanPartsController,
    PlanCopyController,
    GroupConcernController,
    StaffPagesController,
    PracticeSettingsController,
    PrivacyController,
    QuestionnairePagesController,
    QuestionsController,
    ReceivedController,
    DraftPagesController,
    ReferController,
    ReferOnController,
    ReferralPagesController,
    ReferralRecordController,
    ReplyController,
    RetentionPagesController,
    SchemePagesController,
    SearchController,
    SafetyMessagePagesController,
    SafetyPagesController,
    SamePersonController,
    SecondFactorPagesController,
    SecondStepController,
    SelfReferralController,
    PasswordPagesController,
    SessionsPagesController,
    SharingPagesController,
    CodeEntryController,
    SignInController,
    SharedPlanPagesController,
    StoryPagesController,
    SupervisionPagesController,
    SurveyController,
    SurveyPagesController,
    TallyController,
    TaskPagesController,
    TeamPagesController,
    WorkerPagesController,
    SafeguardingLeadsController,
    TemplatePagesController,
    TodayPagesController,
    TransferPagesController,
    TriagePagesController,
    UserPagesController,
    VolunteeringPagesController,
    WarmHandoverPagesController,
    WayInController,
    WorryPagesController,
    DeathToldController,
  ],
  providers: [
    CodesTyped,
    Desk,
    GroupAnswers,
    AccountFrame,
    GroupFrame,
    WayInFrame,
    ListPages,
    Many,
    ManyAtOnce,
    WriteToMany,
    Stops,
    Maps,
    Pages,
    PlanPages,
    KnownPeople,
    OwnReferrals,
    PeopleSought,
    ReferPage,
    PublicSchemes,
    { provide: APP_GUARD, useClass: FormGuard },
  ],
})
export class WebModule {}
