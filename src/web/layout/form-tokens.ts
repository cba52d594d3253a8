import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Tokens } from '@fastify/csrf';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../platform/errors/refusal.js';
import { isUpload } from '../../platform/files/uploads.js';
import { formSecret, keepFormSecret } from '../../platform/http/page-cookies.js';
import { isStaffPage } from '../../platform/http/pages.js';

export const FORM_TOKEN = '_csrf';

const tokens = new Tokens({ userInfo: false });

/** A token for the forms of one page. Salted, so that no two pages hold the same bytes. */
export function formToken(request: FastifyRequest, reply: FastifyReply): string {
  const known = formSecret(request);
  const secret = known ?? tokens.secretSync();
  if (known === null) keepFormSecret(reply, secret);
  return tokens.create(secret);
}

/** Refuses whatever was not sent from a form that we showed to the same browser. */
export function checkFormToken(request: FastifyRequest, given: unknown): void {
  const secret = formSecret(request);
  if (secret === null || typeof given !== 'string' || !tokens.verify(secret, given)) {
    throw Refusal.of(403, 'stale-form', 'This form was not shown to you by us, or is too old.');
  }
}

/** What staff pages take must come from a form we showed. One with a file is read, and so checked, by who takes it. */
@Injectable()
export class FormGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.method !== 'POST' || !isStaffPage(request.url)) return true;
    if (isUpload(request)) return true;
    checkFormToken(request, (request.body as Record<string, unknown> | undefined)?.[FORM_TOKEN]);
    return true;
  }
}
