import type { INestApplicationContext } from '@nestjs/common';
import { prepareDemo } from './demo/demo.preparation.js';
import type { Config } from './platform/config/config.js';

/**
 * What is done after the migrations and before anybody is let in, such as demo data on a first start. The lines it
 * gives back are shown on the start screen.
 */
export type Preparation = (app: INestApplicationContext, config: Config) => Promise<string[]>;

export const PREPARATIONS: Preparation[] = [prepareDemo];
