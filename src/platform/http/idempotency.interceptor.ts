import { Readable } from 'node:stream';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tap, type Observable } from 'rxjs';
import { Refusal } from '../errors/refusal.js';
import { claimRequest, currentClaim } from './request-context.js';

const KEY = /^[\x21-\x7e]{1,200}$/;

/**
 * Reads Idempotency-Key on POST and hands it to the unit of work, which keeps it in the same transaction as the write.
 * See UnitOfWork for what a replay does.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || key === undefined) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) {
      throw Refusal.invalidField('Idempotency-Key', 'Use 1 to 200 printable characters without spaces');
    }
    // A file still on its way cannot be compared; its key alone stands for it.
    claimRequest(request, key, request.body instanceof Readable ? null : (request.body ?? null));
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      tap(() => {
        if (currentClaim()?.replayed) void reply.header('idempotency-replayed', 'true');
      }),
    );
  }
}
