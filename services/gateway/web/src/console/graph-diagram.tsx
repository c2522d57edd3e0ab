import type { GraphView } from '../../../src/schemas/console.ts';
import { msInWords, percentInWords } from './words.ts';

type Edge = GraphView['edges'][number];
type Point = { readonly x: number; readonly y: number };

const width = 600;
const layerHeight = 150;
const node = { width: 150, height: 56 } as const;
const label = { width: 128, height: 54 } as const;

/**
 * A picture of the call graph: callers above those they call, on each edge the part of the budget that was used.
 * @param usedOf that part; undefined where there were no calls
 */
export function GraphDiagram(props: {
  readonly view: GraphView;
  readonly usedOf: (edge: Edge) => number | undefined;
}) {
  const { view, usedOf } = props;
  const places = placesOf(view);
  const layers = Math.max(...[...places.values()].map(({ layer }) => layer)) + 1;
  const height = (layers - 1) * layerHeight + node.height + 20;
  const edges = view.edges.flatMap((edge) => {
    const [from, to] = [places.get(edge.caller), places.get(edge.callee)];
    return from && to ? [{ edge, used: usedOf(edge), ...wayOf(from, to) }] : [];
  });
  const words = edges.map(({ edge, used }) => `${edge.caller} calls ${edge.callee}: ${usedInWords(used)}`);
  return (
    <svg class="graph" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${words.join('; ')}.`}>
      <defs>
        <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
          <path d="M0 0 8 4 0 8z" class="arrow" />
        </marker>
      </defs>
      {edges.map(({ edge, path }) => (
        <path key={`${edge.caller} ${edge.callee}`} d={path} class="edge" marker-end="url(#head)" />
      ))}
      {[...places].map(([name, { x, y }]) => (
        <g key={name} transform={`translate(${x - node.width / 2} ${y})`}>
          <rect class="node" width={node.width} height={node.height} rx="12" />
          <text class="node-name" x={node.width / 2} y={node.height / 2 + 6}>
            {name}
          </text>
        </g>
      ))}
      {edges.map(({ edge, used, middle }) => (
        <Label key={`${edge.caller} ${edge.callee}`} at={middle} edge={edge} used={used} />
      ))}
    </svg>
  );
}

function Label(props: { readonly at: Point; readonly edge: Edge; readonly used: number | undefined }) {
  const { at, edge, used } = props;
  const inner = label.width - 20;
  const room = Math.min(...edge.rpcs.map(({ headroomMs }) => headroomMs));
  return (
    <g transform={`translate(${at.x - label.width / 2} ${at.y - label.height / 2})`}>
      <rect class="label" width={label.width} height={label.height} rx="8" />
      <text class="label-text" x="10" y="18">
        {usedInWords(used)}
      </text>
      <rect class="track" x="10" y="25" width={inner} height="7" rx="3.5" />
      <rect
        class="used"
        data-state={used !== undefined && used > 0.9 ? 'bad' : 'good'}
        x="10"
        y="25"
        width={inner * Math.min(1, used ?? 0)}
        height="7"
        rx="3.5"
      />
      <text class="label-text" x="10" y="46">
        room {msInWords(room)}
      </text>
    </g>
  );
}

const usedInWords = (used: number | undefined) =>
  used === undefined ? 'no calls' : `p99 ${percentInWords(used)}`;

/** Where each process stands: below all that call it. */
function placesOf({ processes, edges }: GraphView): Map<string, Point & { readonly layer: number }> {
  const layers = new Map(processes.map(({ name }) => [name, 0]));
  // As often as there are processes: by then the longest way is found, and a circle does no harm.
  for (const _ of processes) {
    for (const { caller, callee } of edges) {
      const below = Math.min(processes.length - 1, (layers.get(caller) ?? 0) + 1);
      layers.set(callee, Math.max(layers.get(callee) ?? 0, below));
    }
  }
  const places = new Map<string, Point & { readonly layer: number }>();
  for (const [layer, of] of Map.groupBy(layers.keys(), (name) => layers.get(name) ?? 0)) {
    of.forEach((name, i) => {
      places.set(name, { x: ((i + 0.5) * width) / of.length, y: layer * layerHeight + 10, layer });
    });
  }
  return places;
}

/** A line from one to the other, around what stands between them, and its middle. */
function wayOf(from: Point & { readonly layer: number }, to: Point & { readonly layer: number }) {
  const isFar = to.layer - from.layer > 1;
  const side = Math.sign(to.x - from.x);
  const start = isFar
    ? { x: from.x + (side * node.width) / 2, y: from.y + node.height / 2 }
    : { x: from.x + (side * node.width) / 4, y: from.y + node.height };
  const outer = isFar ? (side * node.width) / 4 : 0;
  const end = { x: to.x + outer, y: to.y };
  const bend = isFar ? { x: end.x, y: start.y } : { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  const middle = {
    x: start.x / 4 + bend.x / 2 + end.x / 4,
    y: start.y / 4 + bend.y / 2 + end.y / 4,
  };
  return { path: `M${start.x} ${start.y} Q${bend.x} ${bend.y} ${end.x} ${end.y}`, middle };
}
