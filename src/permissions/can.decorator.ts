import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtension,
  ApiForbiddenResponse,
  ApiNotFoundResponse,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { type MemberActor, ROLES } from '../platform/actor/actor.types.js';
import { Problem } from '../platform/errors/problem.js';
import { Refusal } from '../platform/errors/refusal.js';
import { MAY } from '../platform/http/api-docs.js';
import { reachOf, type Action } from './permission.table.js';

export const ACTION = Symbol('action');
export const PUBLIC = Symbol('public');

/** In words for the API page: "link worker (assigned), scheme manager (scheme)". */
const whoMay = (action: Action): string =>
  ROLES.map((role) => [role.replace('_', ' '), reachOf(action, role)] as const)
    .filter(([, reach]) => reach !== 'none')
    .map(([role, reach]) => `${role} (${reach})`)
    .join(', ');

/** What a caller must be allowed to do to use this route. A route with neither this nor @Public() stops the start. */
export const Can = (action: Action) =>
  applyDecorators(
    SetMetadata(ACTION, action),
    ApiExtension(MAY, whoMay(action)),
    ApiBearerAuth(),
    ApiUnauthorizedResponse({ type: Problem, description: 'Signed out, disabled, or the session has ended' }),
    ApiForbiddenResponse({ type: Problem, description: 'The role does not include this' }),
    ApiNotFoundResponse({ type: Problem, description: 'Absent or out of reach: they look the same' }),
    ApiTooManyRequestsResponse({ type: Problem }),
  );

/** For those who have not signed in. */
export const Public = () =>
  applyDecorators(SetMetadata(PUBLIC, true), ApiTooManyRequestsResponse({ type: Problem }));

export type RequestWithActor = FastifyRequest & {
  actor?: MemberActor;
  /** Of a page: when its session is over, however busy. */
  sessionEndsAt?: Date;
};

export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): MemberActor => {
  const { actor } = context.switchToHttp().getRequest<RequestWithActor>();
  if (!actor) throw Refusal.unauthorised();
  return actor;
});
