import { fileURLToPath } from 'node:url';
import {
  outcomeOf,
  pythonEnvironment,
  type RunningShop,
  restClient,
  signIn,
  startShop,
} from '@hotpath/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let shop: RunningShop;
let bin: string;

beforeAll(async () => {
  bin = await pythonEnvironment(new URL('requirements.txt', import.meta.url));
  // Limits would hide what lies behind them.
  shop = await startShop({
    RATE_LIMIT_PER_MINUTE: '1000000',
    LOGIN_LIMIT_PER_MINUTE: '1000000',
    LOG_LEVEL: 'warn',
  });
});
afterAll(() => shop?.stop());

const hooks = fileURLToPath(new URL('schemathesis_hooks.py', import.meta.url));

/** Runs schemathesis against all routes that answer once. @returns its exit code and what it printed. */
function schemathesis(...more: string[]): ReturnType<typeof outcomeOf> {
  return outcomeOf(
    `${bin}/schemathesis`,
    [
      ...['run', `${shop.gateway}/openapi.json`],
      ...['--exclude-path-regex', '/stream$'],
      ...[
        '--checks',
        'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance',
      ],
      ...['--phases', 'examples,coverage,fuzzing'],
      ...[
        '--max-examples',
        '40',
        '--seed',
        '1',
        '--no-color',
        '--request-timeout',
        '20',
        '--warnings',
        'off',
      ],
      ...more,
    ],
    { ...process.env, SCHEMATHESIS_HOOKS: hooks },
  );
}

test.each(['nobody', 'customer', 'merchant'] as const)(
  'schemathesis as %s finds no 5xx and no undocumented answer',
  async (who) => {
    const rest = restClient(shop.gateway);
    const token = who === 'nobody' ? undefined : await signIn(rest, who === 'merchant' ? 'merchant' : 'vip');
    const { code, output } = await schemathesis(...(token ? ['-H', `Authorization: Bearer ${token}`] : []));
    console.log(output.split('\n').slice(-30).join('\n'));
    expect(output).not.toContain('unhandled');
    expect(code, output.slice(-8_000)).toBe(0);
    for (const pid of Object.values(shop.pids)) expect(process.kill(pid, 0)).toBe(true);
  },
);
