/** The state marks: a silhouette of its own for each, beside a word. */
import { svg } from './dom.ts';

type Shape = readonly [string, Readonly<Record<string, string>>];
const line = (d: string, width: string, extra: Record<string, string> = {}): Shape => ['path', { d, fill: 'none', stroke: 'currentColor', 'stroke-width': width, ...extra }];
const ring = (r: string, width: string, dash?: string): Shape => ['circle', { cx: '8', cy: '8', r, fill: 'none', stroke: 'currentColor', 'stroke-width': width, ...(dash ? { 'stroke-dasharray': dash } : {}) }];
const tick = (d: string, width: string): Shape => ['path', { d, fill: 'none', stroke: 'var(--ground)', 'stroke-width': width }];

const SHAPES = {
  proven: [['circle', { cx: '8', cy: '8', r: '7.25', fill: 'currentColor' }], tick('M4.6 8.3l2.4 2.4 4.5-5', '1.9')],
  cosigned: [ring('6.6', '1.5'), ['circle', { cx: '8', cy: '8', r: '3.6', fill: 'currentColor' }]],
  claimed: [ring('6.4', '1.7', '2.7 2.3')],
  withheld: [['path', { d: 'M1 5h14v6H1z', fill: 'currentColor' }], line('M1 2.2h14M1 13.8h9', '1.3')],
  erased: [['rect', { x: '2', y: '2', width: '12', height: '12', fill: 'none', stroke: 'currentColor', 'stroke-width': '1.4', 'stroke-dasharray': '2.4 1.8' }], line('M3.6 12.4l8.8-8.8', '1.4')],
  void: [ring('6.4', '1.6'), line('M3.5 12.5l9-9', '1.6')],
  damaged: [['path', { d: 'M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z', fill: 'currentColor' }], tick('M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6', '1.8')],
  info: [ring('6.6', '1.3'), line('M8 7v4.4M8 4.4v1.2', '1.5')],
} satisfies Record<string, readonly Shape[]>;

export type Mark = keyof typeof SHAPES;

export function mark(name: Mark, size = 16): SVGElement {
  const shapes = (SHAPES[name] as readonly Shape[]).map(([tag, attributes]) => svg(tag, attributes));
  return svg('svg', { viewBox: '0 0 16 16', width: String(size), height: String(size), class: `mark ${name}`, 'aria-hidden': 'true', focusable: 'false' }, ...shapes);
}

/** The name mark; never mirrored. */
export function logo(): SVGElement {
  const arcs = 'M4.09 11.15A8.3 8.3 0 0 1 18.71 6.66L15.99 8.95A4.75 4.75 0 0 0 7.68 11.15ZM4.09 12.85A8.3 8.3 0 0 0 18.71 17.34L15.99 15.05A4.75 4.75 0 0 1 7.68 12.85Z';
  return svg('svg', { viewBox: '0 0 24 24', width: '26', height: '26', 'aria-hidden': 'true' }, svg('rect', { width: '24', height: '24', rx: '5.5', fill: '#0f4c5c' }), svg('path', { d: arcs, fill: '#fff' }));
}
