import { Injectable, Logger } from '@nestjs/common';
import { JobQueue } from '../platform/jobs/job-queue.js';

export const SEND_MESSAGE = 'send-message';

/** Says that messages are ready. The rows are what counts: a bell nobody hears is made up for by the next sweep. */
@Injectable()
export class Doorbell {
  private readonly logger = new Logger('messages');

  constructor(private readonly queue: JobQueue) {}

  async ring(schemeId: string, messageIds: readonly string[]): Promise<void> {
    try {
      await this.queue.add(
        messageIds.map((id) => ({
          name: SEND_MESSAGE,
          key: `${SEND_MESSAGE}-${id}`,
          schemeId,
          ids: { message: id },
        })),
      );
    } catch (error) {
      this.logger.warn({ err: error, fault: 'the queue did not take messages', count: messageIds.length });
    }
  }
}
