import type { FastifyReply } from 'fastify';

/** Who answers a failure where problem+json would not be understood. */
export interface ErrorVoice {
  speaks(url: string): boolean;
  /**
   * HTML that says what happened, in words of its own: never those of a fault. `most` is how much can be sent at once, such
   * as "256 KB", where more was.
   */
  page(reply: FastifyReply, status: number, most: string | null): Promise<string>;
}

/** Asked first whenever something fails. Whoever has a language of its own adds itself. */
export const ERROR_VOICES: ErrorVoice[] = [];

export const voiceFor = (url: string): ErrorVoice | undefined => ERROR_VOICES.find((one) => one.speaks(url));

export const HTML = 'text/html; charset=utf-8';
