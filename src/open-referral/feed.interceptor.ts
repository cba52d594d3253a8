import { Readable } from 'node:stream';
import {
  Catch,
  Injectable,
  StreamableFile,
  type ArgumentsHost,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { ErrorFilter } from '../platform/errors/error.filter.js';
import { type FieldProblem, Refusal } from '../platform/errors/refusal.js';
import { sha256 } from '../platform/pure/hash.js';
import { Lines } from './feed.queries.js';

/** A listing changes seldom and its places often: whoever asks again within this long is served by their cache. */
const FRESH_SECONDS = 300;

/** For pages of other sites too: everything here is for anybody, and no cookie or token changes it. */
const OPEN = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'etag, x-request-id',
  'cross-origin-resource-policy': 'cross-origin',
};

/** What every answer of the feed has in common: open to other sites, cached, 304 when nothing changed, streamed. */
@Injectable()
export class FeedInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    void reply.headers(OPEN);
    return next.handle().pipe(map((answer: unknown) => answered(http.getRequest(), reply, answer)));
  }
}

function answered(request: FastifyRequest, reply: FastifyReply, answer: unknown): unknown {
  if (answer === undefined) return undefined;
  void reply.header('cache-control', `public, max-age=${String(FRESH_SECONDS)}`);
  if (answer instanceof Lines) {
    return new StreamableFile(Readable.from(chunks(answer), { objectMode: false }), {
      type: 'application/x-ndjson; charset=utf-8',
    });
  }
  const body = JSON.stringify(answer);
  const etag = `"${sha256(body).slice(0, 32)}"`;
  void reply.header('etag', etag).type('application/json; charset=utf-8');
  if (!isKnown(request.headers['if-none-match'], etag)) return body;
  void reply.status(304);
  return undefined;
}

/** RFC 9110: any of a list, weak or not, or a star. */
const isKnown = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);

const CHUNK = 64 * 1024;

/** Lines gathered into chunks: a write for each of ten thousand would cost more than the reading. */
async function* chunks({ each }: Lines): AsyncGenerator<Buffer> {
  let text = '';
  for await (const line of each) {
    text += `${JSON.stringify(line)}\n`;
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

/** The specification knows 400 for a parameter that makes no sense, where the rest of the API says 422. */
@Catch()
export class FeedErrorFilter extends ErrorFilter {
  override catch(error: unknown, host: ArgumentsHost): void | Promise<void> {
    const unfit = error instanceof Refusal && error.status === 422;
    return super.catch(
      unfit ? Refusal.malformedFields((error.extra['errors'] ?? []) as FieldProblem[]) : error,
      host,
    );
  }
}
