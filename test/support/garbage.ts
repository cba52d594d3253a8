import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects everything nobody holds any more, so that what is measured after it is what is held. */
export const collect = runInNewContext('gc') as () => void;
