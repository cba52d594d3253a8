import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import type { Readiness } from './readiness.js';

/** Outside /api/v1 and its guards: load balancers and supervisors ask, and have no account. */
export function addHealthRoutes(server: FastifyInstance, readiness: Readiness): void {
  server.get('/health/live', () => ({ status: 'live' }));
  server.get('/health/ready', async (_request, reply) => {
    const { ready, checks, warnings } = await readiness.check();
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', checks, warnings });
  });
}

const answer = (description: string, properties: object) => ({
  description,
  content: { 'application/json': { schema: { type: 'object', properties } } },
});

const READY = {
  status: { type: 'string', example: 'ready' },
  checks: {
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { database: 'ok', migrations: 'ok', queue: 'ok' },
  },
  warnings: { type: 'array', items: { type: 'string' } },
};

export const HEALTH_PATHS = {
  '/health/live': {
    get: {
      tags: ['Health'],
      summary: 'The process runs',
      operationId: 'live',
      responses: { 200: answer('It runs', { status: { type: 'string', example: 'live' } }) },
    },
  },
  '/health/ready': {
    get: {
      tags: ['Health'],
      summary: 'The process can do its work: database, migrations and queue',
      operationId: 'ready',
      responses: { 200: answer('Ready', READY), 503: answer('Not ready; `checks` says why', READY) },
    },
  },
} as unknown as OpenAPIObject['paths'];
