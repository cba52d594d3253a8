export interface StartFacts {
  address: string;
  /** `folder` for the file outbox, else the SMTP host. */
  mail: { folder: string } | { host: string };
  worker: boolean;
  /** What is wrong with the queue, if anything. */
  queueAway: string | null;
  dataDir: string;
  logFile: string | null;
  /** What a preparation wants a newcomer to know, such as the demo sign-ins. */
  notes: string[][];
}

/** One screen of text for somebody who has just typed `npm start`. */
export function startScreen(facts: StartFacts): string {
  const { address, mail, worker, queueAway, dataDir, logFile, notes } = facts;
  const lines = [
    `Betony is running at ${address}`,
    '',
    `  Sign in    ${address}`,
    `  API page   ${address}/docs`,
    `  Mail       ${'folder' in mail ? `no SMTP_URL, so messages are files in ${mail.folder}` : `sent through ${mail.host}`}`,
    `  Jobs       ${queueAway !== null ? `WAITING: ${queueAway}` : worker ? 'run in this process' : 'need npm run start:worker beside this one'}`,
    `  Data       ${dataDir}`,
    ...(logFile === null ? [] : [`  Log        ${logFile}`]),
    ...notes.flatMap((note) => ['', ...note]),
    '',
    `Next: in another terminal, ${walkCommand(address)} plays a whole referral, step by step.`,
    'Ctrl-C stops everything; npm start carries on where it was.',
  ];
  return `\n${lines.join('\n')}\n\n`;
}

const walkCommand = (address: string) =>
  address === 'http://127.0.0.1:3000' ? 'npm run walk' : `BASE_URL=${address} npm run walk`;
