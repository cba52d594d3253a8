/** How many times as long as its bare SQL, at the 95th percentile, each may take; and the most an API may hold, in MB. */
const AIMS = { search: 3, filters: 3, match: 3, today: 2, caseload: 2, counts: 2 };
/** The least share of pgbench's requests a second, and of those of a bare program of Node's; how far p99 may be above p50. */
const SHARES = { of: ['send', 'caseload', 'move'], share: 0.5, nodeShare: 0.7, spread: 4 };
const MOST_MEMORY = 250;
/** Seconds from the start of the process until it says that it is ready. */
const MOST_SECONDS = 3;
/** How many times as long as the calls with the same data a page may take. */
const MOST_TIMES_PAGE = 2;
/** The least share of the requests a second of the smallest size that the largest keeps; the overview counts everybody, and cannot. */
const LEAST_KEPT = 0.85;
const COUNTS_ALL = 'overview';

const COLUMNS = [
  ['requests/s', 'rate', 0],
  ['(pgbench)', 'bareRate', 0],
  ['(Node)', 'nodeRate', 0],
  ['of pgbench', 'share', 2],
  ['of Node', 'nodeShare', 2],
  ['p50 ms', 'p50', 1],
  ['(pgbench)', 'bareP50', 1],
  ['p95 ms', 'p95', 1],
  ['(pgbench)', 'bareP95', 1],
  ['p99 ms', 'p99', 1],
  ['API CPU ms', 'apiCpu', 2],
  ['database', 'databaseCpu', 2],
  ['(pgbench)', 'bareCpu', 2],
  ['statements', 'statements', 0],
  ['most MB', 'memory', 0],
];

const shown = (value, digits) =>
  value === null || Number.isNaN(value) ? '-' : Number(value).toFixed(digits);

/** One row a piece of work, of one size of the scheme and one number of connections. */
export function table({ referrals, connections, results }) {
  return [
    `${referrals} referrals, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    ['work'.padEnd(8), ...COLUMNS.map(([title]) => title.padStart(10))].join(' '),
    ...results.map((row) =>
      [row.name.padEnd(8), ...COLUMNS.map(([, key, digits]) => shown(row[key], digits).padStart(10))].join(
        ' ',
      ),
    ),
  ].join('\n');
}

/** Which aims were met: `{ met, text }` of each. Those of one cell are asked of the number of connections that was named first. */
export function judged({ cells, pages, memory, ready }) {
  const judgements = [];
  const told = (met, text) => judgements.push({ met, text });
  const [{ connections: first }] = cells.length > 0 ? cells : [{ connections: 0 }];
  const compared = cells.filter(({ connections }) => connections === first);
  for (const { referrals, results } of compared) {
    const at = compared.length > 1 ? ` at ${referrals}` : '';
    for (const { name, p50, p95, bareP50, bareP95 } of results) {
      if (AIMS[name] === undefined || bareP95 === null) continue;
      told(
        p95 / bareP95 <= AIMS[name],
        `${name}${at}: ${(p95 / bareP95).toFixed(2)} times its bare SQL at the 95th percentile (${(p50 / bareP50).toFixed(2)} at the median), at most ${AIMS[name]}`,
      );
    }
    for (const row of results.filter(({ name }) => SHARES.of.includes(name))) {
      for (const [key, beside] of [
        ['share', 'pgbench'],
        ['nodeShare', 'bare Node'],
      ]) {
        if (row[key] === null) continue;
        told(
          row[key] >= SHARES[key],
          `${row.name}${at}: ${row[key].toFixed(2)} of the requests a second of ${beside}, at least ${SHARES[key]}`,
        );
      }
      const spread = row.p99 / row.p50;
      told(
        spread <= SHARES.spread,
        `${row.name}${at}: p99 ${spread.toFixed(1)} times p50, at most ${SHARES.spread}`,
      );
    }
  }
  if (compared.length > 1) {
    const [small, large] = [compared.at(0), compared.at(-1)];
    for (const row of large.results.filter(({ name }) => name !== COUNTS_ALL)) {
      const kept = row.rate / small.results.find(({ name }) => name === row.name).rate;
      told(
        kept >= LEAST_KEPT,
        `${row.name}: ${kept.toFixed(2)} of its requests a second at ${small.referrals} with ${large.referrals}, at least ${LEAST_KEPT}`,
      );
    }
  }
  for (const { name, times } of pages)
    told(
      times <= MOST_TIMES_PAGE,
      `page ${name}: ${times.toFixed(2)} times the calls with the same data at the median, at most ${MOST_TIMES_PAGE}`,
    );
  if (memory !== null)
    told(memory <= MOST_MEMORY, `memory of the API: ${memory} MB at its most, at most ${MOST_MEMORY}`);
  if (ready !== null)
    told(ready <= MOST_SECONDS, `ready after ${ready.toFixed(1)} s, at most ${MOST_SECONDS}`);
  return judgements;
}

const COLOURS = ['#4b2a63', '#8a6fa8', '#c9b8dc', '#2f6f6d', '#7aa9a7', '#c2dad9'];

/** Bars: the share of pgbench's requests a second that each piece of work has, one bar for each cell. An SVG that stands by itself. */
export async function chart(cells) {
  const { init, use } = await import('echarts/core');
  const { BarChart } = await import('echarts/charts');
  const { GridComponent, LegendComponent, TitleComponent, MarkLineComponent } =
    await import('echarts/components');
  const { SVGRenderer } = await import('echarts/renderers');
  use([BarChart, GridComponent, LegendComponent, TitleComponent, MarkLineComponent, SVGRenderer]);
  const names = cells[0].results.map(({ name }) => name);
  const [{ connections: alike }] = cells;
  const oneNumber = cells.every(({ connections }) => connections === alike);
  const drawn = init(null, null, { renderer: 'svg', ssr: true, width: 760, height: 380 });
  try {
    drawn.setOption({
      animation: false,
      color: COLOURS,
      title: {
        text: 'Requests a second over HTTP, as a share of pgbench with the same SQL',
        subtext: oneNumber
          ? `by referrals in the scheme, at ${alike} connections`
          : 'by referrals in the scheme, at so many connections',
        textStyle: { fontSize: 15 },
      },
      legend: { bottom: 0, itemGap: 40 },
      grid: { left: 40, right: 10, top: 66, bottom: 60 },
      xAxis: { type: 'category', data: names, axisLabel: { interval: 0 } },
      yAxis: { type: 'value', min: 0 },
      series: cells.map(({ referrals, connections, results }, n) => ({
        type: 'bar',
        name: `${referrals.toLocaleString('en-GB')}${oneNumber ? '' : ` at ${connections}`}`,
        label: { show: true, position: 'top', fontSize: 10, formatter: ({ value }) => value.toFixed(2) },
        data: names.map((name) => results.find((row) => row.name === name)?.share ?? 0),
        ...(n === 0 && {
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            lineStyle: { color: '#5b5b5b' },
            data: [{ yAxis: 0.5 }],
          },
        }),
      })),
    });
    return drawn.renderToSVGString();
  } finally {
    drawn.dispose();
  }
}
