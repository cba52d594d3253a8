import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors/refusal.js';

/** Every row that people edit carries a version, shown as its ETag. */
export const etagOf = (version: number): string => `"v${String(version)}"`;

/** The version in If-Match: 428 without one, 412 for one we never gave. */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext): number => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined) throw Refusal.versionRequired();
  return versionOf(header);
});

/** The version in If-Match where one is sent: for verbs that undo nothing unless somebody was shown what they change. */
export const IfMatchIfSent = createParamDecorator(
  (_data: unknown, context: ExecutionContext): number | undefined => {
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
    return header === undefined ? undefined : versionOf(header);
  },
);

function versionOf(header: string): number {
  const match = /^"v(\d{1,9})"$/.exec(header);
  if (!match) throw Refusal.stale();
  return Number(match[1]);
}

/** Without an expected version nobody was shown what was there. */
export function refuseStale(current: number, expected: number | undefined): void {
  if (expected !== undefined && current !== expected) throw Refusal.stale();
}
