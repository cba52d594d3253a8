import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PlainFault } from '../errors/plain-fault.js';

/**
 * The data folder, made where it is missing. One folder at a time, because Node's recursive mkdir never returns where
 * the system refuses a folder as if its parent were missing, as /proc does.
 */
export function makeDataFolder(path: string): void {
  try {
    make(path);
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new PlainFault(
      `DATA_DIR cannot be used: ${reasonOf((error as NodeJS.ErrnoException).code)}.`,
      'Name a folder that this user may write to, for example: DATA_DIR=./data npm start',
    );
  }
}

function make(path: string): void {
  if (existsSync(path)) return;
  make(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process of ours was first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function reasonOf(code = 'unknown'): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'this user may not write there';
    case 'ENOTDIR':
      return 'there is a file where a folder should be';
    case 'EROFS':
      return 'the disk there is read-only';
    case 'ENOSPC':
      return 'the disk there is full';
    default:
      return `the system makes no folder there (${code})`;
  }
}
