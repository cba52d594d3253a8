import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { KeptForms } from '../../identity/kept-forms.service.js';
import type { RequestWithActor } from '../../permissions/can.decorator.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { isUpload } from '../../platform/files/uploads.js';
import { FORM_TOKEN, isOurToken } from '../../platform/http/form-token.js';
import { isStaffPage } from '../../platform/http/pages.js';
import { type FormRequest, KEPT } from './forms.js';

/** Refuses whatever was not sent from a form that we showed to the same browser. */
export function checkFormToken(request: FastifyRequest, given: unknown): void {
  if (!isOurToken(request, given)) {
    throw Refusal.of(403, 'stale-form', 'This form was not shown to you by us, or is too old.');
  }
}

/** What staff pages take must come from a form we showed. One with a file is read, and so checked, by who takes it. */
@Injectable()
export class FormGuard implements CanActivate {
  constructor(private readonly keptForms: KeptForms) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<RequestWithActor & FormRequest>();
    if (request.method !== 'POST' || !isStaffPage(request.url)) return true;
    if (isUpload(request)) return true;
    const body = request.body as Record<string, unknown> | undefined;
    checkFormToken(request, body?.[FORM_TOKEN]);
    const { actor } = request;
    const id = body?.[KEPT];
    if (actor && isUUID(id)) request.dropKept = () => this.keptForms.drop(actor, String(id));
    return true;
  }
}
