import { budgets } from './budgets.ts';
import { edge } from './edge.ts';
import { linkerd } from './linkerd.ts';
import { node } from './node.ts';
import { overview } from './overview.ts';
import { streams } from './streams.ts';

/** All dashboards. */
export const dashboards = [overview, edge, budgets, streams, node, linkerd];
