import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PermissionGuard } from '../permissions/permission.guard.js';
import { AccessTokens } from './access-tokens.service.js';
import { AuthGuard } from './auth.guard.js';
import { OrganisationsController } from './organisations.controller.js';
import { OrganisationsQueries } from './organisations.queries.js';
import { Organisations } from './organisations.service.js';
import { MembershipQueries } from './membership.queries.js';
import { Passwords } from './passwords.service.js';
import { SessionQueries } from './session.queries.js';
import { SessionsController } from './sessions.controller.js';
import { Sessions } from './sessions.service.js';
import { SignIn } from './sign-in.service.js';
import { Throttle } from './throttle.service.js';

@Module({
  controllers: [SessionsController, OrganisationsController],
  providers: [
    AccessTokens,
    MembershipQueries,
    Organisations,
    OrganisationsQueries,
    Passwords,
    SessionQueries,
    Sessions,
    SignIn,
    Throttle,
    // In this order: first who is asking, then whether they may.
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_GUARD, useClass: PermissionGuard },
  ],
  exports: [AccessTokens, Organisations, OrganisationsQueries, Passwords],
})
export class IdentityModule {}
