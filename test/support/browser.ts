import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { type Browser, chromium } from 'playwright-core';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--single-process', '--no-zygote'];

/**
 * Chromium from `CHROMIUM_PATH`, else the one from npm. Null where it does not start: whoever gets null says so and skips. Where a
 * change is judged (`CI`), nothing is skipped: it fails.
 */
export async function aBrowser(): Promise<Browser | null> {
  try {
    const executablePath = process.env['CHROMIUM_PATH'] ?? unpacked();
    return await chromium.launch({ executablePath, args: ARGS, timeout: 30_000 });
  } catch (error) {
    if (process.env['CI']) throw error;
    return null;
  }
}

/** In a process of its own, since the package changes the environment of whoever loads it. */
function unpacked(): string {
  const module = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const script = `import(${JSON.stringify(module)}).then(async (m) => {
    const chromium = m.default.default ?? m.default;
    process.stdout.write(await chromium.executablePath());
  })`;
  return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 60_000 });
}
