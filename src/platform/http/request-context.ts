import { AsyncLocalStorage } from 'node:async_hooks';

const requests = new AsyncLocalStorage<{ requestId: string }>();

export const withRequest = <Result>(requestId: string, work: () => Result): Result =>
  requests.run({ requestId }, work);

export const currentRequestId = (): string | null => requests.getStore()?.requestId ?? null;
