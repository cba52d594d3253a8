import { RouteConfig } from '@nestjs/platform-fastify';
import type { RateLimitPluginOptions } from '@fastify/rate-limit';
import { Refusal } from '../errors/refusal.js';

/** Counted by each process for itself: a bound on floods, not a quota. Only routes that ask for it are limited. */
export const RATE_LIMITS: RateLimitPluginOptions = {
  global: false,
  errorResponseBuilder: (_request, { ttl }) => Refusal.tooMany(Math.ceil(ttl / 1000)),
};

/** For what anybody may send without signing in: so many from one address, then 429 with Retry-After. */
export const LimitPerAddress = (max: number, minutes: number) =>
  RouteConfig({ rateLimit: { max, timeWindow: minutes * 60_000 } });
