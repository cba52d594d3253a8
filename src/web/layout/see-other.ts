import type { FastifyReply } from 'fastify';

/** Where a form leads once it is done: read anew, so that going back or reloading sends nothing twice. */
export async function seeOther(reply: FastifyReply, to: string): Promise<void> {
  await reply.header('cache-control', 'no-store').redirect(to, 303);
}
