import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isStaffPage, PAGE_POLICY } from '../http/pages.js';
import { currentRequestId } from '../http/request-context.js';
import { describe } from '../logging/log.js';
import { Refusal } from './refusal.js';
import { isUnreachable } from './unreachable.js';
import { type ErrorVoice, HTML, voiceFor } from './voices.js';

interface DatabaseFault {
  code?: string;
  constraint?: string;
}

/** Refusals the database makes for us when two people act at once. Keyed by constraint name. */
export const CONSTRAINT_REFUSALS = new Map<string, () => Refusal>();

const CODES_BY_STATUS: Record<number, string> = {
  400: 'malformed',
  401: 'signed-out',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  415: 'unsupported-media-type',
  429: 'too-many',
};

/** The one place where a failure becomes an answer. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('errors');

  catch(error: unknown, host: ArgumentsHost): void | Promise<void> {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { url, method, routeOptions } = host.switchToHttp().getRequest<FastifyRequest>();
    const most = isTooLong(error) ? sizeInWords(routeOptions.bodyLimit) : null;
    const refusal = most === null ? toRefusal(error) : tooLong(most);
    if (!refusal || isUnreachable(error)) this.logger.error(describeFault(error));
    const status = refusal?.status ?? 500;
    const code = refusal?.code ?? 'fault';
    if (status === 429 || status === 503)
      void reply.header('retry-after', String(Number(refusal?.extra['retryAfterSeconds'] ?? 60)));
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    if (status === 401 && isStaffPage(url)) {
      const kept = refusal?.extra['typed'] === 'kept';
      return sendToSignIn(
        reply,
        kept ? '/desk/kept' : method === 'GET' ? url : '/desk',
        kept ? '&after=kept' : '',
      );
    }
    const voice = voiceFor(url);
    if (voice) return sendPage(voice, reply, status, most);
    void reply
      .status(status)
      .type(PROBLEM_TYPE)
      .send(
        problemOf(
          status,
          code,
          refusal?.message ?? 'Sorry, something went wrong. Nothing was saved. Try again in a minute.',
          refusal?.extra,
        ),
      );
  }
}

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

const problemOf = (status: number, code: string, detail: string, extra: Record<string, unknown> = {}) => ({
  type: `https://betony.example.org/problems/${code}`,
  title: code,
  status,
  detail,
  instance: currentRequestId() ?? undefined,
  ...extra,
});

/** An address that Fastify cannot even read never comes as far as the filter, nor as what sets the headers of an answer. */
export function refuseBadAddress(_error: unknown, { url }: FastifyRequest, reply: FastifyReply): void {
  const { status, code, message } = Refusal.notFound();
  void reply.header('x-content-type-options', 'nosniff');
  const voice = voiceFor(url);
  if (voice) {
    void reply.headers({ 'content-security-policy': PAGE_POLICY, 'referrer-policy': 'no-referrer' });
    sendPage(voice, reply, status).catch((fault: unknown) => {
      void reply.send(fault);
    });
    return;
  }
  void reply
    .status(status)
    .type(PROBLEM_TYPE)
    .send(problemOf(status, code, message));
}

async function sendToSignIn(reply: FastifyReply, next: string, more: string): Promise<void> {
  await reply
    .header('cache-control', 'no-store')
    .redirect(`/desk/sign-in?next=${encodeURIComponent(next)}${more}`, 303);
}

async function sendPage(
  voice: ErrorVoice,
  reply: FastifyReply,
  status: number,
  most: string | null = null,
): Promise<void> {
  const page = await voice.page(reply, status, most);
  await reply.status(status).type(HTML).header('cache-control', 'no-store').send(page);
}

/** A body that is longer than its route reads: Fastify stops there, without saying how much it takes. Nest keeps its words alone. */
const isTooLong = (error: unknown): boolean =>
  error instanceof HttpException &&
  error.getStatus() === 413 &&
  error.message === 'Request body is too large';

const tooLong = (most: string): Refusal =>
  Refusal.of(
    413,
    'too-large',
    `That is too large: at most ${most} can be sent at once. Shorten it, or send it in parts.`,
  );

const MEGABYTE = 1024 * 1024;
const sizeInWords = (bytes: number): string =>
  bytes < MEGABYTE ? `${String(Math.floor(bytes / 1024))} KB` : `${String(Math.floor(bytes / MEGABYTE))} MB`;

/** What a failure says to whoever asked; null for a fault of ours. */
export function toRefusal(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (error instanceof HttpException) return fromStatus(error.getStatus(), error.message);
  if (isUnreachable(error)) return Refusal.unavailable();
  const fault = error as DatabaseFault & { statusCode?: number; message?: string };
  if (fault.constraint) return CONSTRAINT_REFUSALS.get(fault.constraint)?.() ?? null;
  if (fault.statusCode && fault.statusCode < 500) return fromStatus(fault.statusCode, fault.message ?? '');
  return null;
}

function fromStatus(status: number, message: string): Refusal | null {
  if (status === 404) return Refusal.notFound();
  if (status === 401) return Refusal.unauthorised();
  if (status === 403) return Refusal.forbidden();
  if (status >= 500) return null;
  // The parser's own words may quote what was sent.
  if (status === 400 && message.includes('JSON'))
    return Refusal.of(400, 'malformed', 'The body is not JSON, or it was cut short.');
  return Refusal.of(status, CODES_BY_STATUS[status] ?? 'refused', message);
}

/** What may be logged of a fault: its kind and place, never its words, which can quote what people typed. */
function describeFault(error: unknown): Record<string, unknown> {
  const { constraint, table } = error as { constraint?: string; table?: string };
  return { reqId: currentRequestId() ?? undefined, ...describe(error), constraint, table };
}
