import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../pure/ids.js';
import type { MailResult } from '../mail/mail.types.js';

export async function makeOutbox(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'outbox');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Where messages go while nobody carries them. Written aside and renamed: nobody ever reads half a message. */
export async function fileAway(
  dataDir: string,
  at: Date,
  ending: 'eml' | 'text.txt' | 'letter.txt',
  content: Buffer | string,
): Promise<MailResult> {
  const name = `${at.toISOString().replaceAll(':', '')}-${newId()}`;
  try {
    const folder = await makeOutbox(dataDir);
    await writeFile(join(folder, `.${name}`), content, { mode: 0o600 });
    await rename(join(folder, `.${name}`), join(folder, `${name}.${ending}`));
    return { outcome: 'sent', code: 'file' };
  } catch (error) {
    return { outcome: 'failed', code: (error as NodeJS.ErrnoException).code ?? 'EFILE' };
  }
}
