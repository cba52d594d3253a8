import { initAll } from './nhsuk-frontend.js';
import './copy.js';
import './answer-keys.js';
import './progress.js';
import './to-do.js';
import { warnOfTimeout } from './timeout-warning.js';

initAll();
warnOfTimeout();
