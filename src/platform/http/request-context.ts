import { AsyncLocalStorage } from 'node:async_hooks';
import { canonicalJson, sha256 } from '../pure/hash.js';

/** An Idempotency-Key as sent, with what tells one request from another. */
export interface IdempotencyClaim {
  key: string;
  method: string;
  route: string;
  bodyHash: string;
  /** Set by the first unit of work of the request: a key covers one write. */
  used: boolean;
  /** Whether the answer is that of an earlier request with the same key. */
  replayed: boolean;
}

interface RequestContext {
  requestId: string;
  idempotency?: IdempotencyClaim;
  /** In which whoever asks reads; absent, English. */
  language?: string;
}

const requests = new AsyncLocalStorage<RequestContext>();

export const withRequest = <Result>(requestId: string, work: () => Result): Result =>
  requests.run({ requestId }, work);

export const currentRequestId = (): string | null => requests.getStore()?.requestId ?? null;

export const currentClaim = (): IdempotencyClaim | undefined => requests.getStore()?.idempotency;

export const currentLanguage = (): string => requests.getStore()?.language ?? 'en';

/** From here on, what this request answers is read in that language. */
export function readIn(language: string): void {
  const store = requests.getStore();
  if (store) store.language = language;
}

/** A token in an address opens something to whoever reads it: it stands as its hash, as it does on its own row. */
const withoutTokens = (path: string): string =>
  decodeURIComponent(path).replace(/(?<![\w-])[\w-]{43}(?![\w-])/g, sha256);

/** From here on the first write of this request is done once for `key`, and repeated only for the same answers. */
export function claimRequest(request: { method: string; url: string }, key: string, answers: unknown): void {
  const store = requests.getStore();
  if (!store) return;
  store.idempotency = {
    key,
    method: request.method,
    route: withoutTokens(request.url.split('?', 1)[0] ?? ''),
    bodyHash: sha256(canonicalJson(answers)),
    used: false,
    replayed: false,
  };
}
