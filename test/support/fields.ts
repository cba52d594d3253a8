/** A key that is a value itself, such as an id, a day or a number: which ones there are is no matter of the answer's shape. */
const VALUE = /^(?:[0-9a-f]{8}-[0-9a-f-]{27}|\d[\d-]*)$/;

/** Where a JSON answer has something: `client.phone`, and `items.id` of each of a list. Not what it says there. */
export function fieldsOf(answer: unknown, at: readonly string[] = []): string[] {
  if (Array.isArray(answer)) return [...new Set(answer.flatMap((one) => fieldsOf(one, at)))];
  if (typeof answer !== 'object' || answer === null) return at.length === 0 ? [] : [at.join('.')];
  return [
    ...new Set(
      Object.entries(answer).flatMap(([key, value]) => {
        const here = [...at, VALUE.test(key) ? '*' : key];
        return [here.join('.'), ...fieldsOf(value, here)];
      }),
    ),
  ];
}

/** Of each route, who was shown which of its fields. */
export type Shown = Map<string, Map<string, Set<string>>>;

export function show(shown: Shown, route: string, who: string, fields: readonly string[]): void {
  const ofRoute = shown.get(route) ?? new Map<string, Set<string>>();
  shown.set(route, ofRoute);
  for (const field of fields) {
    const roles = ofRoute.get(field) ?? new Set();
    ofRoute.set(field, roles.add(who));
  }
}

/** A route on a line of its own; below it, for each set of roles, what they and nobody else is shown. */
export function written(shown: Shown): string {
  return [...shown]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([route, fields]) => {
      const groups = new Map<string, string[]>();
      for (const [field, roles] of fields) {
        const who = [...roles].sort().join(', ');
        groups.set(who, [...(groups.get(who) ?? []), field]);
      }
      const lines = [...groups]
        .sort(([one], [other]) => other.length - one.length || (one < other ? -1 : 1))
        .map(([who, of]) => `  ${who}: ${of.sort().join(' ')}\n`);
      return `${route}\n${lines.join('')}`;
    })
    .join('');
}

export function read(text: string): Shown {
  const shown: Shown = new Map();
  let route = '';
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, who, fields] = /^ {2}(.+?): (.*)$/.exec(line) ?? [];
    if (who === undefined || fields === undefined) route = line;
    else for (const role of who.split(', ')) show(shown, route, role, fields.split(' '));
  }
  return shown;
}

/** What somebody is shown that `known` does not say. */
export const unknownIn = (shown: Shown, known: Shown): string[] =>
  [...shown].flatMap(([route, fields]) =>
    [...fields].flatMap(([field, roles]) =>
      [...roles]
        .filter((role) => known.get(route)?.get(field)?.has(role) !== true)
        .map((role) => `${route}: ${field} to ${role}`),
    ),
  );
