/** A plot of one suite as SVG: a row for each job, a point for each side, on a logarithmic scale. Drawn by Vega. */
import { median } from './statistics.js';
import { SUITES } from './suites.js';

// Told apart by shape as well as by colour; the colours are of one lightness, and read on white and on black.
const LOOKS = {
  ours: { color: '#0a7d5a', shape: 'circle' },
  million: { color: '#0b74c4', shape: 'diamond' },
  sqlite: { color: '#0a7d5a', shape: 'circle' },
  postgres: { color: '#0b74c4', shape: 'diamond' },
  nodes: { color: '#be185d', shape: 'triangle-right' },
  sqliteMillion: { color: '#7c8798', shape: 'cross' },
  postgresMillion: { color: '#8b5cf6', shape: 'triangle-up' },
  nodesMillion: { color: '#b45309', shape: 'triangle-down' },
  messages: { color: '#be185d', shape: 'triangle-right' },
  official: { color: '#c2410c', shape: 'square' },
  floor: { color: '#7c8798', shape: 'cross' },
  libsodium: { color: '#8b5cf6', shape: 'triangle-up' },
  jose: { color: '#b45309', shape: 'triangle-down' },
};

/** Where the points are: `{ job, side, value }`, relative to the floor where the suite is shown so. */
export function plotPoints({ suite, jobs }) {
  const { plot, columns } = SUITES[suite];
  const isRelative = plot === 'times the floor';
  return jobs
    .filter(({ sides }) => !isRelative || 'floor' in sides)
    .flatMap(({ name, sides }) =>
      Object.entries(sides)
        .filter(([side]) => side in LOOKS)
        .map(([side, samples]) => ({
          job: name,
          side: columns[side].replace(' ¹', ''),
          value: median(samples) / (isRelative ? median(sides.floor) : 1),
        })),
    );
}

/** @param {{ suite: string, jobs: readonly object[] }} result */
export async function drawPlot(result) {
  const { parse, View } = await import('vega');
  const view = new View(parse(toSpec(result)), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return withColorSchemes(svg);
}

function toSpec({ suite, jobs }) {
  const { title, columns, plot } = SUITES[suite];
  const points = plotPoints({ suite, jobs });
  const sides = Object.keys(LOOKS).filter((side) =>
    points.some((point) => point.side === columns[side]?.replace(' ¹', '')),
  );
  const domain = sides.map((side) => columns[side].replace(' ¹', ''));
  const scaleOf = (name, field) => ({ name, type: 'ordinal', domain, range: sides.map((side) => LOOKS[side][field]) });
  return {
    width: 560,
    height: { signal: "bandspace(domain('job').length, 0, 0) * 24" },
    padding: 12,
    title: { text: `${title}: ${plot}`, anchor: 'start', offset: 8 },
    data: [{ name: 'points', values: points }],
    scales: [
      { name: 'job', type: 'band', domain: { data: 'points', field: 'job' }, range: { step: 24 } },
      { name: 'value', type: 'log', domain: { data: 'points', field: 'value' }, range: 'width', padding: 12 },
      scaleOf('color', 'color'),
      scaleOf('shape', 'shape'),
    ],
    axes: [
      {
        scale: 'job',
        orient: 'left',
        domain: false,
        ticks: false,
        grid: true,
        bandPosition: 0.5,
        labelPadding: 8,
        labelLimit: 300,
      },
      { scale: 'value', orient: 'bottom', grid: true, tickCount: 6, format: '~g', title: plot },
    ],
    legends: [{ fill: 'color', shape: 'shape', orient: 'top', direction: 'horizontal' }],
    marks: [
      {
        type: 'symbol',
        from: { data: 'points' },
        encode: {
          enter: {
            x: { scale: 'value', field: 'value' },
            y: { scale: 'job', field: 'job', band: 0.5 },
            shape: { scale: 'shape', field: 'side' },
            fill: { scale: 'color', field: 'side' },
            stroke: { scale: 'color', field: 'side' },
            size: { value: 70 },
          },
        },
      },
    ],
  };
}

/** Vega writes one colour of text and ground; the reader's setting chooses between two. */
function withColorSchemes(svg) {
  const style = [
    'svg { background: #ffffff; }',
    'text { fill: #1f2937; }',
    '.role-axis-grid line { stroke: #e5e7eb; }',
    '@media (prefers-color-scheme: dark) {',
    '  svg { background: #0d1117; }',
    '  text { fill: #e5e7eb; }',
    '  .role-axis-grid line { stroke: #30363d; }',
    '}',
  ].join('\n');
  return svg.replace(/(<svg[^>]*>)/, (opening) => `${opening}<style>${style}</style>`);
}
