import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import type { Job } from './job-queue.js';

export const PERFORMS = Symbol('performs');

/** Does the jobs of one name. Any job may come twice, late, or for a row that needs it no more. */
export interface JobPerformer {
  perform(job: Job): Promise<void>;
}

export const Performs = (name: string) => {
  const decorate = applyDecorators(Injectable(), SetMetadata(PERFORMS, name));
  return (target: new (...args: never[]) => JobPerformer): void => {
    decorate(target);
  };
};
