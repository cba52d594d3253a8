import { createWriteStream, type WriteStream } from 'node:fs';

/**
 * Writes a file that is not there yet. Where writing breaks off, this waits until the file is closed before it says so: a
 * pipeline rejects at once, and a file that the disk is still opening would appear after somebody has taken it away.
 */
export async function intoNewFile(
  path: string,
  write: (file: WriteStream) => Promise<unknown>,
): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  try {
    await write(file);
  } catch (error) {
    // What broke it off is told already.
    file.on('error', () => undefined).destroy();
    if (!file.closed) await new Promise<void>((closed) => file.once('close', closed));
    throw error;
  }
}
