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

const SHOWN = 'shown again';

/** The same where a form that is not taken, but shown again, uses up nothing of what may be sent; it has a bound of its own. */
export const LimitTakenPerAddress = (
  [max, minutes]: [number, number],
  isTaken: (body: unknown) => boolean,
  shown: number,
) =>
  RouteConfig({
    rateLimit: {
      max: (_request: unknown, key: string) => (key.startsWith(SHOWN) ? shown : max),
      timeWindow: minutes * 60_000,
      // What it says is known by then.
      hook: 'preHandler',
      keyGenerator: ({ ip, body }: { ip: string; body: unknown }) => (isTaken(body) ? ip : `${SHOWN} ${ip}`),
    },
  });
