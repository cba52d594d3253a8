/**
 * What is wrong with how a restore came out, as those who were written to see it. `due` are people and groups who were
 * each to be told one thing once; `arrivals` is all mail of both lives, in order; `asked` are those about whom a person
 * was asked in the restored database; `lost` says whether a moment is of the lost span.
 */
export function deliveryFaults({ due, arrivals, asked, lost }) {
  const faults = [];
  for (const { to, kind } of due) {
    const mine = arrivals.filter((arrival) => arrival.to === to);
    const ids = new Set(mine.map(({ messageId }) => messageId));
    if (kind === 'client' && mine.length > 1) faults.push(`${to} was told ${mine.length} times`);
    if (kind === 'group' && ids.size > 1) faults.push(`${to} was told under ${ids.size} Message-IDs`);
    if (mine.length === 0 && !asked.has(to)) faults.push(`${to} was never told, and nobody was asked`);
    if (kind === 'client' && mine.some(({ at }) => lost(at)) && !asked.has(to)) {
      faults.push(`${to} was told in what was lost, and nobody knows that it may be so`);
    }
  }
  return faults;
}

/** Tables whose number of rows or contents are not those of the moment restored to. */
export function tableFaults(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [then, now] = [before[name], after[name]];
    if (then === undefined || now === undefined) return [`${name} is in one of both only`];
    if (then.rows !== now.rows) return [`${name} had ${then.rows} rows and has ${now.rows}`];
    return then.sum === now.sum ? [] : [`${name} has other contents`];
  });
}

/** The same history made bad in each way that the judge is there for: each must be found out. */
export function madeBad(history, before, after) {
  const { due, arrivals, asked } = history;
  const told = (kind) => arrivals.find(({ to }) => due.some((one) => one.to === to && one.kind === kind));
  const [client, group] = [told('client'), told('group')];
  const inLost = arrivals.find(
    ({ to, at }) => history.lost(at) && due.some((one) => one.to === to && one.kind === 'client'),
  );
  const without = (to) => new Set([...asked].filter((one) => one !== to));
  const [table] = Object.keys(before).filter((name) => before[name].rows > 0);
  const changed = (change) => ({ ...after, [table]: { ...after[table], ...change } });
  const { [table]: _gone, ...fewer } = after;
  return {
    'a client told twice': deliveryFaults({ ...history, arrivals: [...arrivals, client] }),
    'a group told again under another Message-ID': deliveryFaults({
      ...history,
      arrivals: [...arrivals, { ...group, messageId: 'another' }],
    }),
    'somebody told by nobody': deliveryFaults({
      ...history,
      arrivals: arrivals.filter(({ to }) => to !== client.to),
      asked: without(client.to),
    }),
    'nobody asked about what was lost': deliveryFaults({ ...history, asked: without(inLost.to) }),
    'a row too many': tableFaults(before, changed({ rows: after[table].rows + 1 })),
    'a row altered': tableFaults(before, changed({ sum: 'other' })),
    'a table gone': tableFaults(before, fewer),
  };
}
