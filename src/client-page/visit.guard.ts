import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiForbiddenResponse,
  ApiNotFoundResponse,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { PUBLIC } from '../permissions/can.decorator.js';
import { Problem } from '../platform/errors/problem.js';
import { Refusal } from '../platform/errors/refusal.js';
import { PageSessions } from './page-sessions.service.js';
import type { Visit } from './page.types.js';

type RequestWithVisit = FastifyRequest & { visit?: Visit };

/** The session of a person's own page, and nothing else: a member's token opens none of it. */
@Injectable()
export class VisitGuard implements CanActivate {
  constructor(private readonly sessions: PageSessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<RequestWithVisit>();
    const [, token] = /^Bearer ([A-Za-z0-9_-]+)$/.exec(request.headers.authorization ?? '') ?? [];
    const visit = await this.sessions.visit(token ?? null);
    if (!visit) throw Refusal.unauthorised('Enter the page first.');
    request.visit = visit;
    return true;
  }
}

/** For routes of a person's own page. Members are let through to none of them. */
export const OnOwnPage = () =>
  applyDecorators(
    SetMetadata(PUBLIC, true),
    UseGuards(VisitGuard),
    ApiBearerAuth(),
    ApiUnauthorizedResponse({ type: Problem, description: 'No session of a page, or it has ended' }),
    ApiForbiddenResponse({ type: Problem, description: 'The person did not share this' }),
    ApiNotFoundResponse({ type: Problem, description: 'Absent, or about somebody else: they look the same' }),
    ApiTooManyRequestsResponse({ type: Problem }),
  );

export const CurrentVisit = createParamDecorator((_data: unknown, context: ExecutionContext): Visit => {
  const { visit } = context.switchToHttp().getRequest<RequestWithVisit>();
  if (!visit) throw Refusal.unauthorised('Enter the page first.');
  return visit;
});
