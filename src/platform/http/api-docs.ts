import { STATUS_CODES } from 'node:http';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Problem } from '../errors/problem.js';
import { HEALTH_PATHS } from '../health/health.routes.js';

const DESCRIPTION = `
Social prescribing referrals that cannot get lost.

- **Sign in** with \`POST /api/v1/sign-in\`, then send the access token as \`Authorization: Bearer …\`.
- **Refusals** are RFC 9457 problem+json. 403: your role has no permission for this at all. 404: absent or out of
  your reach, which look the same. 409: not possible now, with \`because\`. 412 and 428: about \`If-Match\`.
  422: \`errors\` names each field.
- **They travel** as \`application/problem+json\`: \`title\` is the stable word to program by, \`detail\` the words for people.
  Besides what a route lists: 500 a fault of ours (nothing was saved).
- **Lists** are pages: give \`next\` back as \`after\`.
- **Edits** need \`If-Match\` with the ETag last read.
- **Repeats**: send an \`Idempotency-Key\` with a POST and it can be sent again without harm for seven days.
`.trim();

/** Where @Can notes who may use the route, for the description. */
export const MAY = 'x-may';

/** The page at /docs and the document at /docs-json, with assets from this server only. */
export function serveApiDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => apiDocument(app), {
    raw: ['json'],
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: 'Betony API',
    swaggerOptions: { persistAuthorization: false, tagsSorter: 'alpha' },
  });
}

function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  const head = new DocumentBuilder()
    .setTitle('Betony')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  const document = SwaggerModule.createDocument(app, head, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
  });
  for (const [method, route] of operations(document)) describe(method, route);
  document.paths = { ...HEALTH_PATHS, ...document.paths };
  return document;
}

const PROBLEM = 'application/problem+json';
const REFUSAL = { $ref: getSchemaPath(Problem) };
const ANY = { 400: 'The request cannot be read' };
/** Also where none is expected: something may be sent all the same. */
const ANY_BODY = {
  413: 'More than 256 KB, or than the route takes',
  415: 'Not the type that the route takes',
};

interface Operation {
  description?: string;
  responses: Record<string, { description?: string; content?: Record<string, unknown> }>;
  [MAY]?: string;
}

const operations = (document: OpenAPIObject): [method: string, Operation][] =>
  Object.values(document.paths)
    .flatMap((path) => Object.entries(path as Record<string, unknown>))
    .filter(
      (pair): pair is [string, Operation] =>
        typeof pair[1] === 'object' && pair[1] !== null && 'responses' in pair[1],
    );

/** What the generator does not know: the type refusals travel as, what any request may meet, and who may ask. */
function describe(method: string, route: Operation): void {
  const may = route[MAY];
  if (may) route.description = [route.description, `May: ${may}.`].filter(Boolean).join('\n\n');
  for (const [status, description] of Object.entries(method === 'get' ? ANY : { ...ANY, ...ANY_BODY })) {
    route.responses[status] ??= { description, content: { [PROBLEM]: { schema: REFUSAL } } };
  }
  for (const [status, response] of Object.entries(route.responses)) {
    response.description ||= STATUS_CODES[status] ?? '';
    // A route that sends a calendar or a picture refuses in words all the same.
    const [content] = Object.values(response.content ?? {});
    if (Number(status) >= 400 && content) response.content = { [PROBLEM]: content };
  }
}
