import { scenarios, tryScenario } from '@hotpath/chaos';
import { describeOwnPostgres } from '@hotpath/testing/vitest';
import { describe, expect, test } from 'vitest';

// The others by `npm run chaos -- --all --proof`.
for (const scenario of scenarios.filter(({ fast }) => fast)) {
  const suite = scenario.needs === 'postgres' ? describeOwnPostgres : describe;
  suite(`scenario ${scenario.number}: ${scenario.name}`, () => {
    test('holds', async () => {
      const { checks } = await tryScenario(scenario, { defended: true });
      expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    });

    test('fails without its defence, or it would prove nothing', async () => {
      const { holds } = await tryScenario(scenario, { defended: false });
      expect(holds).toBe(false);
    });
  });
}
