import { createServer } from 'node:net';
import { PlainFault } from '../errors/plain-fault.js';

export interface Address {
  host: string;
  port: number;
}

/** Whether this process could listen there. */
export async function checkAddress({ host, port }: Address): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      reject(addressFault(error, { host, port }));
    });
    probe.listen({ host, port, exclusive: true }, () => {
      probe.close(() => {
        resolve();
      });
    });
  });
}

/** What to do about an address that cannot be listened on. */
export function addressFault(error: unknown, { host, port }: Address): Error {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new PlainFault(
        `Port ${port} on ${host} is taken by another program.`,
        `Stop that program, or choose another port, for example: PORT=${port + 1} npm start`,
      );
    case 'EACCES':
      return new PlainFault(
        `This user may not listen on port ${port}. Choose one above 1023, for example: PORT=3000 npm start`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new PlainFault(
        'HOST is not an address of this machine. 127.0.0.1 serves this machine only, 0.0.0.0 every network.',
      );
    default:
      return error as Error;
  }
}
