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

const isMultipart = (request: FastifyRequest): boolean =>
  MULTIPART.test(request.headers['content-type'] ?? '');

export const isUnwantedUpload = (request: FastifyRequest): boolean =>
  isMultipart(request) && request.routeOptions.config.uploads !== true;

/** A form with a file, at a route that takes one: its fields are not read yet. */
export const isUpload = (request: FastifyRequest): boolean =>
  isMultipart(request) && request.routeOptions.config.uploads === true;
