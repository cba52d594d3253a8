import 'reflect-metadata';
import { checkAddress } from './platform/http/address.js';
import { throughDoor } from './platform/process/door.js';

const apiOnly = process.argv.includes('--api');

// The application is loaded while the database starts, and not at all where the settings are faulty.
await throughDoor(
  { alone: !apiOnly, checkAddress, load: () => import('./serve.js') },
  async (door, { serve }) => {
    await serve(door, { apiOnly });
    return 'stay';
  },
);
