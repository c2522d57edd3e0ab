import { scenarios, tryScenario } from '@hotpath/chaos';
import { describe, expect, test } from 'vitest';

describe.each(scenarios)('scenario $number: $name', (scenario) => {
  test('holds', async () => {
    const { checks } = await tryScenario(scenario, true);
    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
  });

  test('fails without its defence, or it would prove nothing', async () => {
    const { holds } = await tryScenario(scenario, false);
    expect(holds).toBe(false);
  });
});
