import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BESIDE = ['../shared/data', '../../shared/data', '../../../shared/data'];

/**
 * The full path of a file or folder of the official data kept beside the repository, or null where this machine has
 * no copy. A test that gets null must say it is skipped, never pass.
 */
export function sharedData(path: string): string | null {
  for (const place of BESIDE) {
    const candidate = resolve(ROOT, place, path);
    if (existsSync(candidate)) return candidate;
  }
  return null;
}
