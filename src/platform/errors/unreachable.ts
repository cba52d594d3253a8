/**
 * PostgreSQL's own words for a connection that is not there: class 08, too many of them, shutting down or not up yet (Appendix A
 * of its manual); and the operating system's, as Node gives them, for it and for Redis alike.
 */
const CODES =
  /^(08...|53300|57P0[123]|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH)$/;

/** What `pg` says without any code. */
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Whether something failed because what we keep everything in could not be reached, so that it may go well in a minute. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? CODES.test(code) : WORDS.test(error.message);
}
