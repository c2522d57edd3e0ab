export { type Result, tryScenario } from './result.ts';
export { atLeast, atMost, type Check, type Scenario } from './scenario.ts';
export { scenarios } from './scenarios/index.ts';
export type { Running, Trial } from './trial.ts';
