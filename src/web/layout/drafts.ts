import type { FastifyReply, FastifyRequest } from 'fastify';
import { toRefusal } from '../../platform/errors/error.filter.js';

/** Whether one of our scripts asks, which reads words and no page. */
export const isScript = ({ headers }: FastifyRequest): boolean => headers.accept === 'application/json';

/** Answers a script with what came of it, or with why not, in words to be shown as they are. */
export async function answerScript(reply: FastifyReply, work: () => Promise<object>): Promise<void> {
  let status = 200;
  let answer: object;
  try {
    answer = await work();
  } catch (error) {
    const refusal = toRefusal(error);
    if (!refusal) throw error;
    status = refusal.status;
    answer = { said: refusal.message };
  }
  await reply.status(status).header('cache-control', 'no-store').send(answer);
}
