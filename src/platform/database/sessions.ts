import type { ClientBase } from 'pg';

/**
 * A session may end at any moment, also between two statements of whoever has it. What is under way is rejected by itself,
 * and the pool makes another; without a listener Node would end the process, and with it the work of everybody.
 */
export const mayEnd = (client: ClientBase): void => {
  client.on('error', () => undefined);
};
