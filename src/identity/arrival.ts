import type { FastifyReply, FastifyRequest } from 'fastify';
import { deviceSecret, keepDevice, sessionSecret } from '../platform/http/page-cookies.js';
import { newToken, sha256 } from '../platform/pure/hash.js';
import { deviceInWords } from './device.rules.js';

/** Where somebody signs in. What was begun at one door is not finished at the other. */
export type Door = 'page' | 'api';

/** Whoever signs in, as far as their browser or program says. */
export interface Arrival {
  door: Door;
  /** In words, for the person. */
  device: string;
  /** Tells it from others of the same person. */
  deviceHash: string;
  /** The session that this browser had, if any: its owner goes on under the same membership. */
  formerHash: string | null;
}

const describe = (request: FastifyRequest): string => (request.headers['user-agent'] ?? '').slice(0, 500);

/** A browser is known by a cookie of its own, which opens nothing and outlives the session. */
export function atPages(reply: FastifyReply): Arrival {
  const { request } = reply;
  const secret = deviceSecret(request) ?? newToken();
  keepDevice(reply, secret);
  const former = sessionSecret(request);
  return {
    door: 'page',
    device: deviceInWords(describe(request)),
    deviceHash: sha256(`page:${secret}`),
    formerHash: former === null ? null : sha256(former),
  };
}

/** A program keeps no cookie: it is known by what it calls itself. */
export const atApi = (request: FastifyRequest): Arrival => ({
  door: 'api',
  device: deviceInWords(describe(request)),
  deviceHash: sha256(`api:${describe(request)}`),
  formerHash: null,
});
