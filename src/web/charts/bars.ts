import { withoutMarks } from '../../platform/pure/marks.js';
/** One number of a chart; null where it may not be shown. */
export interface Bar {
  title: string;
  value: number | null;
}

const WIDTH = 360;
const EACH = 46;
/** For the words above the first. */
const TOP = 6;

export const barsHeight = (bars: readonly Bar[]): number => TOP + bars.length * EACH;

async function load() {
  const { init, use } = await import('echarts/core');
  const { BarChart } = await import('echarts/charts');
  const { GridComponent } = await import('echarts/components');
  const { SVGRenderer } = await import('echarts/renderers');
  use([BarChart, GridComponent, SVGRenderer]);
  return init;
}
let loaded: ReturnType<typeof load> | undefined;
/** Loaded at the first chart: it takes a while, and most processes never draw one. */
const painter = () => (loaded ??= load());

/**
 * Bars one below the other, each with its words and number above it, as an SVG that stands by itself. What may not be shown
 * has no length, and says so.
 */
export async function barsDrawn(bars: readonly Bar[]): Promise<string> {
  const init = await painter();
  const chart = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: WIDTH,
    height: barsHeight(bars),
  });
  try {
    chart.setOption({
      animation: false,
      grid: { left: 0, right: 0, top: TOP, bottom: 0 },
      xAxis: { type: 'value', show: false, min: 0 },
      yAxis: {
        type: 'category',
        inverse: true,
        show: false,
        data: bars.map(({ title }) => withoutMarks(title)),
      },
      series: [
        {
          type: 'bar',
          silent: true,
          barWidth: 16,
          itemStyle: { color: '#4b2a63' },
          label: {
            show: true,
            position: [0, -19],
            color: '#1f2328',
            fontSize: 15,
            formatter: ({ dataIndex }: { dataIndex: number }) => said(bars[dataIndex]),
          },
          data: bars.map(({ value }) => value ?? 0),
        },
      ],
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

export const NOT_SHOWN_OF_FEW = 'Not shown: could point to a few people';

const said = (bar: Bar | undefined): string =>
  bar === undefined
    ? ''
    : `${bar.title}: ${bar.value === null ? NOT_SHOWN_OF_FEW.toLowerCase() : String(bar.value)}`;
