import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import { isUnwantedUpload } from '../files/uploads.js';
import { addHealthRoutes } from '../health/health.routes.js';
import { refuseBadAddress } from '../errors/error.filter.js';
import { Refusal } from '../errors/refusal.js';
import { HTML, voiceFor } from '../errors/voices.js';
import { Readiness } from '../health/readiness.js';
import { isDeeperThan } from '../pure/depth.js';
import { newId } from '../pure/ids.js';
import { serveApiDocs } from './api-docs.js';
import { isPage, PAGE_POLICY, PAGE_ROUTES } from './pages.js';
import { RATE_LIMITS } from './rate-limit.js';
import { withRequest } from './request-context.js';
import { validationPipe } from './validation.js';

export const API_PREFIX = 'api/v1';

/** What has an address that others have laid down. */
const OUTSIDE_API = ['open-referral', 'open-referral/*path', ...PAGE_ROUTES];

/** The largest referral with every field at its limit is under 64 KB. */
const BODY_LIMIT = 256 * 1024;
/** A photograph of 5 MB from a phone at half a megabit a second takes 80 seconds. */
const REQUEST_TIMEOUT_MS = 120_000;

/** What callers may name their request: long enough to be unlikely twice, and safe to write into a log. */
const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** Nest would read a form's fields, all as text; the API takes JSON only, as its documents say. */
const FORM = /^\s*application\/x-www-form-urlencoded/i;

const JSON_TYPE = /^\s*application\/(?:[\w.+-]+\+)?json\b/i;

/** Files that are sent as they are. */
const FILES = ['text/csv', 'application/x-ndjson', 'application/octet-stream'];

/** Only JSON leaves the API: nothing in it may load, run or be framed. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/** The API page's own scripts and styles, from here only; Swagger UI sets style attributes as it draws. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function httpAdapter(config: Config, log: Logger): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: log,
    // Its lines would hold whole addresses with their query; ours hold the route's pattern.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
    },
    frameworkErrors: refuseBadAddress,
    trustProxy: config.trustProxy,
    routerOptions: { ignoreTrailingSlash: true },
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
  });
}

/** No input of ours goes down more than four or five; what reads one inside out would be exhausted by thousands. */
const DEEPEST_BODY = 50;
const TOO_DEEP = 'The body has too many lists or objects inside one another.';

/** Everything around the routes. The same for the product and its tests. */
export async function prepareHttpApp(app: NestFastifyApplication, config: Config): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  await app.register(helmet as never, {
    contentSecurityPolicy: false,
    crossOriginEmbedderPolicy: false,
    strictTransportSecurity: config.publicUrl.startsWith('https:'),
    xFrameOptions: { action: 'deny' },
  });
  await app.register(cookie);
  // Only what asks for it: pages. They hold nothing secret that is twice the same (see FormTokens).
  // At once: 0.3 ms for the largest, where a stream through the thread pool costs the processor several times that.
  await app.register(compress, { global: false, syncThreshold: 128 * 1024 });
  await app.register(rateLimit, RATE_LIMITS);
  // A file that is too large ends there and is refused by whoever reads it, in our words.
  await app.register(multipart, { throwFileSizeLimit: false });
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const docs = isDocs(request);
    const page = isPage(request.url);
    const policy = docs ? DOCS_POLICY : page ? PAGE_POLICY : API_POLICY;
    void reply.header('content-security-policy', policy);
    if (!docs) void reply.header('cache-control', 'no-store');
    const form = !page && FORM.test(request.headers['content-type'] ?? '');
    if (isUnwantedUpload(request) || form) {
      done(Refusal.of(415, 'unsupported-media-type', 'Send JSON, with Content-Type: application/json.'));
      return;
    }
    // A directory in JSON is a file like the others there: longer than any body that is read as a whole.
    if (isFileImport(request) && JSON_TYPE.test(request.headers['content-type'] ?? '')) {
      request.raw.headers['content-type'] = 'application/octet-stream';
    }
    withRequest(request.id, done);
  });
  // Handed on as it arrives: it may be long, and whoever takes it says how long.
  server.addContentTypeParser(FILES, (request, payload, done) => {
    if (isFileImport(request)) done(null, payload);
    else done(Refusal.of(415, 'unsupported-media-type', 'Send JSON, with Content-Type: application/json.'));
  });
  // The body's last bytes arrive in a context of their own, so the request is bound again after them.
  server.addHook('preValidation', (request, _reply, done) => {
    const json = JSON_TYPE.test(request.headers['content-type'] ?? '');
    if (json && isDeeperThan(DEEPEST_BODY, request.body)) done(Refusal.malformed(TOO_DEEP));
    else withRequest(request.id, done);
  });
  // Once the body is read, so that a page can give back what somebody typed.
  server.addHook('preHandler', (request, _reply, done) => {
    if (config.maintenance && !STAYS.test(request.url)) done(Refusal.unavailable());
    else done();
  });
  const readiness = app.get(Readiness);
  server.addHook('preClose', (done) => {
    readiness.leaving = true;
    done();
  });
  server.addHook('onSend', async (request, reply, payload) => {
    // A kept-alive connection would hold the stop up until the client lets go of it.
    if (readiness.leaving) void reply.header('connection', 'close');
    // What the limit refuses never reaches the filter; people are still told on a page.
    const voice = reply.statusCode === 429 ? voiceFor(request.url) : undefined;
    if (!voice || reply.getHeader('content-type') === HTML) return payload;
    const page = await voice.page(reply, 429, null);
    void reply.type(HTML).header('content-length', Buffer.byteLength(page));
    return page;
  });
  server.addHook('onResponse', (request, reply, done) => {
    logResponse(request, reply);
    done();
  });
  app.setGlobalPrefix(API_PREFIX, { exclude: OUTSIDE_API });
  app.useGlobalPipes(validationPipe());
  // Whoever opens the printed address is shown the way in.
  server.get('/', (_request, reply) => reply.redirect('/desk'));
  addHealthRoutes(server, readiness);
  serveApiDocs(app);
}

/** What watches over us goes on asking, and the page that says so needs its style. */
const STAYS = /^\/(health|styles|scripts|fonts)\//;

const FILE_ADDRESSES = [`/${API_PREFIX}/imports/file`, `/${API_PREFIX}/bulk-referrals`];

const isFileImport = (request: FastifyRequest): boolean =>
  request.method === 'POST' && FILE_ADDRESSES.includes(request.routeOptions.url ?? '');

const isDocs = (request: FastifyRequest) => /^\/docs([/?]|$)/.test(request.url);

/** The pattern of the route, not its address: ids and queries stay out of the log. */
function logResponse(request: FastifyRequest, reply: FastifyReply): void {
  request.log.info(
    {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    },
    'answered',
  );
}
