import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PermissionGuard } from '../permissions/permission.guard.js';
import { AccessTokens } from './access-tokens.service.js';
import { AccountMail } from './account-mail.service.js';
import { Accounts } from './accounts.service.js';
import { AuthGuard } from './auth.guard.js';
import { FactorPolicies } from './factor-policy.queries.js';
import { IdentityHousekeeping } from './housekeeping.service.js';
import { SendInvitation } from './invitations.handler.js';
import { SendPasswordReset } from './password-resets.handler.js';
import { InvitationsController, PasswordResetsController } from './invitations.controller.js';
import { InvitationsQueries } from './invitations.queries.js';
import { Invitations } from './invitations.service.js';
import { KeptForms } from './kept-forms.service.js';
import { MembershipHooks } from './membership.hooks.js';
import { LastChanges } from './last-changes.queries.js';
import { MembershipQueries } from './membership.queries.js';
import { Memberships } from './memberships.service.js';
import { TellOfNewDevice } from './new-device.handler.js';
import { OneTimeLinks } from './one-time-links.service.js';
import { OrganisationHooks } from './organisation.hooks.js';
import { OrganisationSignIn } from './organisation-sign-in.service.js';
import { OrganisationsController } from './organisations.controller.js';
import { OrganisationsQueries } from './organisations.queries.js';
import { Organisations } from './organisations.service.js';
import { TellOfPassword } from './password-changed.handler.js';
import { PasswordResets } from './password-resets.service.js';
import { Passwords } from './passwords.service.js';
import { ProgramAccess } from './program-access.queries.js';
import { ProgramsController } from './programs.controller.js';
import { ProgramsQueries } from './programs.queries.js';
import { Programs } from './programs.service.js';
import { SafetyNumbersQueries } from './safety-numbers.queries.js';
import { SchemesController } from './schemes.controller.js';
import { SchemesQueries } from './schemes.queries.js';
import { SendEntryCode } from './code-entry.handler.js';
import { CodeEntry } from './code-entry.service.js';
import { SecondFactorController, SignInStepsController } from './second-factor.controller.js';
import { SendSignInCode, TellOfSecondFactor } from './second-factor.handlers.js';
import { SecondFactors } from './second-factors.service.js';
import { SignInChallenges } from './sign-in-challenges.service.js';
import { Schemes } from './schemes.service.js';
import { SessionQueries } from './session.queries.js';
import { SessionsController } from './sessions.controller.js';
import { Sessions } from './sessions.service.js';
import { SignIn } from './sign-in.service.js';
import { StaffController } from './staff.controller.js';
import { StaffQueries } from './staff.queries.js';
import { StaffRequests } from './staff-requests.service.js';
import { Throttle } from './throttle.service.js';
import { MembershipsController, UsersController } from './users.controller.js';
import { UsersQueries } from './users.queries.js';
import { Users } from './users.service.js';

@Module({
  controllers: [
    SessionsController,
    SignInStepsController,
    SecondFactorController,
    SchemesController,
    OrganisationsController,
    StaffController,
    UsersController,
    MembershipsController,
    InvitationsController,
    PasswordResetsController,
    ProgramsController,
  ],
  providers: [
    AccessTokens,
    AccountMail,
    Accounts,
    FactorPolicies,
    IdentityHousekeeping,
    Invitations,
    InvitationsQueries,
    KeptForms,
    MembershipHooks,
    LastChanges,
    MembershipQueries,
    Memberships,
    OneTimeLinks,
    OrganisationHooks,
    OrganisationSignIn,
    Organisations,
    OrganisationsQueries,
    PasswordResets,
    Passwords,
    ProgramAccess,
    Programs,
    ProgramsQueries,
    SafetyNumbersQueries,
    Schemes,
    SchemesQueries,
    CodeEntry,
    SendEntryCode,
    SecondFactors,
    SendInvitation,
    SendPasswordReset,
    SendSignInCode,
    SessionQueries,
    Sessions,
    SignIn,
    SignInChallenges,
    StaffQueries,
    StaffRequests,
    TellOfNewDevice,
    TellOfPassword,
    TellOfSecondFactor,
    Throttle,
    Users,
    UsersQueries,
    // In this order: first who is asking, then whether they may.
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_GUARD, useClass: PermissionGuard },
  ],
  exports: [
    AccessTokens,
    Accounts,
    FactorPolicies,
    Invitations,
    InvitationsQueries,
    KeptForms,
    MembershipHooks,
    LastChanges,
    MembershipQueries,
    Memberships,
    OneTimeLinks,
    OrganisationHooks,
    OrganisationSignIn,
    Organisations,
    OrganisationsQueries,
    PasswordResets,
    Passwords,
    ProgramAccess,
    Programs,
    ProgramsQueries,
    SafetyNumbersQueries,
    Schemes,
    SchemesQueries,
    CodeEntry,
    SecondFactors,
    SessionQueries,
    Sessions,
    SignIn,
    SignInChallenges,
    StaffQueries,
    StaffRequests,
    Users,
    UsersQueries,
  ],
})
export class IdentityModule {}
