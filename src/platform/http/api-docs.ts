import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HEALTH_PATHS } from '../health/health.routes.js';

const DESCRIPTION = `
Social prescribing referrals that cannot get lost.

- **Sign in** with \`POST /api/v1/sign-in\`, then send the access token as \`Authorization: Bearer …\`.
- **Refusals** are RFC 9457 problem+json. 403: your role has no permission for this at all. 404: absent or out of
  your reach, which look the same. 409: not possible now, with \`because\`. 412 and 428: about \`If-Match\`.
  422: \`errors\` names each field.
- **Lists** are pages: give \`next\` back as \`after\`.
- **Edits** need \`If-Match\` with the ETag last read.
- **Repeats**: send an \`Idempotency-Key\` with a POST and it can be sent again without harm for seven days.
`.trim();

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
  document.paths = { ...HEALTH_PATHS, ...document.paths };
  return document;
}
