import {
  Button,
  CharacterCount,
  Checkboxes,
  createAll,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  SkipLink,
} from './nhsuk-frontend.js';
import './copy.js';
import './answer-keys.js';
import './autosave.js';
import './paste-parse.js';
import './progress.js';
import './shortcuts.js';
import './table-select.js';
import './to-do.js';
import { warnOfTimeout } from './timeout-warning.js';

/**
 * All but its radio buttons: they would say `aria-expanded` of themselves, which no radio button may. What hangs on one is
 * shown by the style sheet, in browsers that know `:has`; others show all of it, as without a script.
 */
if (CSS.supports('selector(:has(a))')) document.body.classList.add('nhsuk-frontend-supported');
for (const part of [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  SkipLink,
]) {
  createAll(part);
}
warnOfTimeout();
