import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from './settle.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Program {
  child: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

/** Betony as people run it, compiled by test/support/global-setup.js. Only the variables given reach it. */
export function runProgram(
  file: 'main' | 'worker' | 'cli',
  args: string[],
  variables: Record<string, string>,
): Program {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [`dist-test/${file}.js`, ...args], {
    cwd: ROOT,
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
    });
  });
  return { child, output: () => printed, ended };
}

/** Waits for the start screen and gives the address on it. */
export async function startedAt(program: Program, deadlineMs = 120_000): Promise<string> {
  const address = () => /is running at (http:\/\/\S+)/.exec(program.output())?.[1];
  await eventually(() => {
    if (program.child.exitCode !== null) throw new Error(`It did not start:\n${program.output()}`);
    return address() !== undefined;
  }, deadlineMs);
  return address() ?? '';
}
