import nunjucks from 'nunjucks';

/** What every form of ours carries: its token, a key for a second click, and which kept form it goes on with. */
export function proofOf(fields: Record<string, string>): nunjucks.runtime.SafeString {
  const inputs = Object.entries(fields)
    .filter(([, value]) => PLAIN.test(value))
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  return new nunjucks.runtime.SafeString(inputs.join(''));
}

/** Tokens and ids, as they stand in an attribute. What a browser sent for one may be anything. */
const PLAIN = /^[\w-]{1,200}$/;
