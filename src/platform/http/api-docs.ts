import { STATUS_CODES } from 'node:http';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HEALTH_PATHS } from '../health/health.routes.js';

const DESCRIPTION = `
Social prescribing referrals that cannot get lost.

- **Sign in** with \`POST /api/v1/sign-in\`, then send the access token as \`Authorization: Bearer …\`.
- **Refusals** are RFC 9457 problem+json. 403: your role has no permission for this at all. 404: absent or out of
  your reach, which look the same. 409: not possible now, with \`because\`. 412 and 428: about \`If-Match\`.
  422: \`errors\` names each field.
- **They travel** as \`application/problem+json\`: \`title\` is the stable word to program by, \`detail\` the words for people.
  Besides what a route lists: 400 what cannot be read, 413 more than 256 KB, 415 anything but JSON, 500 a fault of ours
  (nothing was saved).
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
  for (const route of operations(document)) describe(route);
  document.paths = { ...HEALTH_PATHS, ...document.paths };
  return document;
}

interface Operation {
  description?: string;
  responses: Record<string, { description?: string; content?: Record<string, unknown> }>;
  [MAY]?: string;
}

const operations = (document: OpenAPIObject): Operation[] =>
  Object.values(document.paths)
    .flatMap((path) => Object.values(path as Record<string, unknown>))
    .filter((one): one is Operation => typeof one === 'object' && one !== null && 'responses' in one);

/** What the generator does not know: the type refusals travel as, and who may ask. */
function describe(route: Operation): void {
  const may = route[MAY];
  if (may) route.description = [route.description, `May: ${may}.`].filter(Boolean).join('\n\n');
  for (const [status, response] of Object.entries(route.responses)) {
    response.description ||= STATUS_CODES[status] ?? '';
    const { 'application/json': json, ...others } = response.content ?? {};
    if (Number(status) >= 400 && json) response.content = { ...others, 'application/problem+json': json };
  }
}
