import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The rollouts come last: one of them lets connections run into pods that are gone, and the nodes lead new connections from
 * the same ports there for two minutes more.
 */
class RolloutsLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const last = ({ moduleId }: TestSpecification) => Number(moduleId.endsWith('/rollout.test.ts'));
    return files.toSorted((a, b) => last(a) - last(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** `npm run test:cluster`: the shop on the cluster of KUBECONFIG, or on a kind cluster of its own. */
export default defineConfig({
  test: {
    name: 'cluster',
    include: ['tests/cluster/**/*.test.ts'],
    globalSetup: 'tests/cluster/setup.ts',
    testTimeout: 600_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    sequence: { sequencer: RolloutsLast },
  },
});
