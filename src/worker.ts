import 'reflect-metadata';
import { throughDoor } from './platform/process/door.js';

await throughDoor({ load: () => import('./worker.module.js') }, async (door, { runWorker }) => {
  await runWorker(door);
  return 'stay';
});
