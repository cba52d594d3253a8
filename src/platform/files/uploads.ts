import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    uploads?: boolean;
  }
}

/** Marks the routes that take a file; every other route refuses a form with files as it refuses any other form. */
export const TakesUpload = () => RouteConfig({ uploads: true });

const MULTIPART = /^\s*multipart\//i;

export const isUnwantedUpload = (request: FastifyRequest): boolean =>
  MULTIPART.test(request.headers['content-type'] ?? '') && request.routeOptions.config.uploads !== true;
