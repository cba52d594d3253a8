import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Refusal } from '../platform/errors/refusal.js';
import { ACTION, PUBLIC, type RequestWithActor } from './can.decorator.js';
import type { Action } from './permission.table.js';
import { reachFor } from './reach.js';

/** Deny by default: runs after the actor is known, before anything is read. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    if (this.reflector.get<boolean>(PUBLIC, handler)) return true;
    const action = this.reflector.get<Action | undefined>(ACTION, handler);
    if (!action) throw Refusal.forbidden();
    const { actor } = context.switchToHttp().getRequest<RequestWithActor>();
    if (!actor) throw Refusal.unauthorised();
    reachFor(actor, action);
    return true;
  }
}
