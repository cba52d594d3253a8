import { initAll } from './nhsuk-frontend.js';
import { warnOfTimeout } from './timeout-warning.js';

initAll();
warnOfTimeout();
