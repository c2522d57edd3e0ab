import {
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** A query: what its lines are called, and PromQL. */
export type Query = readonly [legend: string, expr: string];

/** A panel before it has its place. */
export type PanelInit = {
  readonly title: string;
  /** What it shows, and what is to be done where it looks wrong. */
  readonly description: string;
  /** https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
  readonly unit: string;
  readonly queries: readonly Query[];
};

/** A variable to choose a label's value by: its name, and of which series. */
export type Variable = readonly [name: string, series: string];

/** What a dashboard is made of. */
export type DashboardInit = {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables?: readonly Variable[];
  readonly panels: readonly PanelInit[];
};

const source = { type: 'prometheus', uid: '$datasource' };

function panelOf({ title, description, unit, queries }: PanelInit): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .min(0)
    .datasource(source)
    .legend(new VizLegendOptionsBuilder().showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .height(8)
    .span(12);
  for (const [index, [legend, expr]] of queries.entries()) {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .expr(expr)
      .range();
    panel.withTarget(query.legendFormat(legend).exemplar(expr.includes('_bucket')));
  }
  return panel;
}

/** A dashboard of time series, two in a row. */
export function dashboard({ uid, title, description, variables = [], panels }: DashboardInit): Dashboard {
  const builder = new DashboardBuilder(`Hotpath: ${title}`)
    .uid(`hotpath-${uid}`)
    .description(description)
    .tags(['hotpath'])
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').type('prometheus').label('Prometheus'));
  for (const [name, series] of variables) {
    builder.withVariable(
      new QueryVariableBuilder(name)
        .datasource(source)
        .query(`label_values(${series}, ${name})`)
        .refresh(VariableRefresh.OnTimeRangeChanged),
    );
  }
  for (const panel of panels) builder.withPanel(panelOf(panel));
  return builder.build();
}

/** The PromQL of a dashboard's panels, with the panel's title. */
export function queriesOf({ panels = [] }: Dashboard): readonly { title: string; expr: string }[] {
  return (panels as readonly Panel[]).flatMap(({ title = '', targets = [] }) =>
    targets.map((target) => ({ title, expr: (target as { expr?: string }).expr ?? '' })),
  );
}
