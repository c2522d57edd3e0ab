import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../cdk8s/src/catalogue.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
let bin: string;

beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'cluster-'));
});
afterAll(() => rm(bin, { recursive: true }));

/** Puts a program on the PATH of `cluster` that does what the shell says. */
async function program(name: string, shell: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${shell}\n`);
  await chmod(join(bin, name), 0o755);
}

function cluster(...args: string[]) {
  return clusterWith({ KUBECONFIG: 'some' }, ...args);
}

function clusterWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['scripts/cluster.ts', ...args],
      { cwd: root, env: { PATH: bin, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

test('npm run cluster names each program that is missing and how to get it', async () => {
  await program('docker', 'exit 0');
  const plain = await cluster();
  expect(plain).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^Not on your PATH:\n {2}kind: http/),
  });
  expect(plain.output).toMatch(/\n {2}kubectl: http/);
  expect(plain.output).not.toMatch(/docker:|linkerd:/);
  expect((await cluster('--mesh')).output).toMatch(/\n {2}linkerd: curl .*run\.linkerd\.io/);
  expect((await cluster('--down')).output).toMatch(/^Not on your PATH:\n {2}kind: /);
});

test('npm run cluster touches no cluster that it cannot load images into', async () => {
  await program('kind', 'echo "kind $*"; exit 1');
  await program(
    'kubectl',
    'case "$*" in "config current-context") echo production;; "get --raw"*) echo ok;; *) echo "kubectl $*"; exit 1; esac',
  );
  const { code, output } = await cluster();
  expect(code).toBe(1);
  expect(output).toContain('KUBECONFIG leads to production, which is no kind cluster');
  expect(output).not.toMatch(/kind load|kubectl apply/);
});

test('npm run cluster makes a cluster where there is none of its name, and uses the one that there is', async () => {
  await program('kubectl', 'exit 1');
  await program('kind', 'case "$*" in "get clusters") echo other;; *) echo "kind $*"; exit 1; esac');
  expect((await clusterWith({})).output).toContain(
    'kind create cluster --config kind-config.yaml --wait 180s\n',
  );
  await program(
    'kind',
    'case "$*" in "get clusters") echo other; echo hotpath;; *) echo "kind $*"; exit 1; esac',
  );
  const { output } = await clusterWith({});
  expect(output).toContain('kind export kubeconfig --name hotpath\n');
  expect(output).not.toContain('kind create');
});

test('npm run cluster -- --observability has what takes traces there before the processes that send them', async () => {
  await program('docker', 'case "$*" in "images --quiet jaegertracing/"*) echo 1f2e3d;; esac');
  await program('kind', 'echo "kind $*"');
  await program(
    'kubectl',
    'case "$*" in "config current-context") echo kind-own;; "get --raw"*) echo ok;; *rollout*) exit 1;; *) echo "kubectl $*"; esac',
  );
  const { output } = await clusterWith({ KUBECONFIG: 'some', HOTPATH_DATA: bin }, '--observability');
  const lines = output.split('\n').filter((line) => /^(kind|kubectl).* (load|k8s\/)/.test(line));
  expect(lines).toEqual([
    expect.stringMatching(
      new RegExp(`^kind load .*--name own( hotpath/\\S+){${catalogue.length}} jaegertracing/jaeger:[\\d.]+$`),
    ),
    'kubectl apply --filename k8s/local-mtls/00-namespace.yaml',
    'kubectl apply --filename k8s/observability-mtls',
    'kubectl --namespace hotpath apply --filename k8s/local-mtls',
  ]);
});
