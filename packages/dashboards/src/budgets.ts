import { dashboard } from './panels.ts';
import { quantile, rate } from './promql.ts';

const used = 'hotpath_rpc_client_budget_used_ratio';
const by = 'job, rpc_method';
const above = (part: string) =>
  `1 - sum by (${by}) (${rate(`${used}_bucket{le="${part}"}`)}) / sum by (${by}) (${rate(`${used}_count`)})`;

export const budgets = dashboard({
  uid: 'budgets',
  title: 'budgets and deadlines',
  description: 'How much of their budgets calls use, and what happens where it is not enough.',
  panels: [
    {
      title: 'Part of the budget used, p50',
      description: 'By edge, as the caller sees it.',
      unit: 'percentunit',
      queries: [['{{job}} → {{rpc_method}}', quantile(0.5, by, `${used}_bucket`)]],
    },
    {
      title: 'Part of the budget used, p99',
      description:
        'By edge. One that comes near 100 % needs a faster callee or a larger budget: npm run budgets.',
      unit: 'percentunit',
      queries: [['{{job}} → {{rpc_method}}', quantile(0.99, by, `${used}_bucket`)]],
    },
    {
      title: 'Calls that use more than half of their budget',
      description: 'These, and those that fail, are what the alert EdgeBurnsItsBudget counts.',
      unit: 'percentunit',
      queries: [['{{job}} → {{rpc_method}}', above('0.5')]],
    },
    {
      title: 'Calls past their deadline',
      description: 'At whoever waited.',
      unit: 'reqps',
      queries: [
        ['{{job}} → {{rpc_method}}', `sum by (${by}) (${rate('hotpath_rpc_client_past_deadline_total')})`],
      ],
    },
    {
      title: 'Calls shed',
      description: 'Refused at once because they would not have been done in time.',
      unit: 'reqps',
      queries: [['{{rpc_method}}', `sum by (rpc_method) (${rate('hotpath_admission_refused_total')})`]],
    },
    {
      title: 'Admission',
      description: 'Calls at the handlers, those that wait, and how many may be there at once.',
      unit: 'short',
      queries: [
        ['{{job}} at work', 'sum by (job) (hotpath_admission_in_flight)'],
        ['{{job}} waiting', 'sum by (job) (hotpath_admission_queued)'],
        ['{{job}} limit', 'sum by (job) (hotpath_admission_limit)'],
      ],
    },
    {
      title: 'Attempts after the first',
      description: 'Only the outermost process retries.',
      unit: 'reqps',
      queries: [['{{job}} → {{rpc_method}}', `sum by (${by}) (${rate('hotpath_rpc_client_retries_total')})`]],
    },
    {
      title: 'Work after the end of its call',
      description: 'Handlers that ignore their signal. It must be 0.',
      unit: 'short',
      queries: [['{{job}} {{rpc_method}}', `sum by (${by}) (hotpath_work_after_end)`]],
    },
  ],
});
