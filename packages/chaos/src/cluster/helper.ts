import { randomUUID } from 'node:crypto';
import type { Owner } from './change.ts';
import { kubectl } from './kubectl.ts';
import type { Pod } from './pods.ts';

/** Of its own, since the shop's namespace admits no pod that may do what these do. */
const namespace = 'hotpath-chaos';
/** A runner that is killed together with its machine leaves pods behind for so long, s. */
const LIFE_S = 2 * 3600;

/** Does to the pods of a cluster what only their nodes may do. */
export type Helper = {
  /** Ends all processes of the pod's container at once, by SIGKILL; Kubernetes hears of it afterwards. */
  kill(pod: Pod): Promise<void>;
  /** Stops them by SIGSTOP. */
  stop(pod: Pod, seconds: number): Promise<Wound>;
  /** Has packets dropped or refused in the pod's network namespace, on open connections too. */
  filter(pod: Pod, rules: readonly string[], seconds: number): Promise<Wound>;
  /** Gets ready for faults on a pod's node, which takes a moment. */
  prepare(pod: Pod): Promise<void>;
};

/** A fault that heals by itself after its time, by a process in the cluster: whatever has become of the runner. */
export type Wound = {
  /** Heals it earlier; where it is healed already, it does nothing. */
  heal(): Promise<void>;
};

/** Sets `$pids` to the processes of a container, as the node numbers them. */
const processesOf = ({ container }: Pod) =>
  `pids=$(grep -l ${container} /proc/[0-9]*/cgroup 2>/dev/null | cut -d/ -f3)`;

/** Sets `$pids` to the one that was first in the pod and stays when its container is started anew: it holds its network. */
const holderOf = ({ uid }: Pod) =>
  `pids=$(grep -lE 'pod(${uid}|${uid.replaceAll('-', '_')})' /proc/[0-9]*/cgroup 2>/dev/null | cut -d/ -f3 | sort -n | head -1)`;

/**
 * Makes a helper: on each node where it is needed a privileged pod, of an image that the node has. They go with their
 * owner, and by themselves after two hours.
 */
export function openHelper(owner: Owner): Helper {
  const pods = new Map<string, Promise<string>>();
  let made: Promise<void> | undefined;

  async function makeNamespace(): Promise<void> {
    const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
    const gone = ['delete', 'namespace', namespace, '--ignore-not-found'];
    await kubectl(gone);
    const undone = owner.undoIfKilled(['kubectl', ...gone, '--wait=false']);
    owner.onClose(async () => {
      await kubectl(gone);
      undone();
    });
    await kubectl(
      ['create', '--filename', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }),
    );
  }

  async function start({ node, image }: Pod): Promise<string> {
    made ??= makeNamespace();
    await made;
    const name = `helper-${node}`;
    await kubectl(
      ['--namespace', namespace, 'create', '--filename', '-'],
      JSON.stringify(helperPod(name, node, image)),
    );
    await kubectl([
      '--namespace',
      namespace,
      'wait',
      `pod/${name}`,
      '--for=condition=Ready',
      '--timeout=60s',
    ]);
    return name;
  }

  async function on(pod: Pod): Promise<(script: string) => readonly string[]> {
    const name = pods.get(pod.node) ?? start(pod);
    pods.set(pod.node, name);
    const exec = ['--namespace', namespace, 'exec', await name, '--', 'sh', '-c'];
    return (script) => [...exec, script];
  }

  /** Runs `begin`, and `end` with the same `$pids`: once, when it is healed or its time is over, whichever is first. */
  async function wound(pod: Pod, find: string, begin: string, end: string, seconds: number): Promise<Wound> {
    const script = await on(pod);
    const file = `/tmp/${randomUUID()}`;
    // Who removes the file heals: nobody does it a second time, when the same fault may have been made anew.
    const heal = script(`if pids=$(cat ${file}) && rm ${file}; then ${end}; fi 2>/dev/null; true`);
    const undone = owner.undoIfKilled(['kubectl', ...heal]);
    const later = `(sleep ${seconds}; if pids=$(cat ${file}) && rm ${file}; then ${end}; fi)`;
    const background = `setsid sh -c '${later.replaceAll("'", `'\\''`)}' </dev/null >/dev/null 2>&1 &`;
    await kubectl(script(`${find}; test -n "$pids" || exit 9; echo $pids > ${file}; ${background} ${begin}`));
    return {
      async heal() {
        await kubectl(heal);
        undone();
      },
    };
  }

  return {
    prepare: async (pod) => void (await on(pod)),
    async kill(pod) {
      const script = await on(pod);
      // Some end by the first's end.
      const killAll = 'kill -KILL $pids 2>/dev/null; true';
      await kubectl(script(`${processesOf(pod)}; test -n "$pids" || exit 9; ${killAll}`));
    },
    stop: (pod, seconds) => wound(pod, processesOf(pod), 'kill -STOP $pids', 'kill -CONT $pids', seconds),
    filter(pod, rules, seconds) {
      // The node's own program, in the pod's network.
      const iptables = 'nsenter --target 1 --mount -- nsenter --target $pids --net -- iptables --wait';
      const all = (what: string) => rules.map((rule) => `${iptables} ${what} ${rule}`).join('; ');
      return wound(pod, holderOf(pod), `set -e; ${all('--insert')}`, all('--delete'), seconds);
    },
  };
}

function helperPod(name: string, node: string, image: string): object {
  const container = {
    name: 'helper',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 1; done"],
    securityContext: { privileged: true, runAsUser: 0 },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, annotations: { 'linkerd.io/inject': 'disabled' } },
    spec: {
      nodeName: node,
      hostPID: true,
      restartPolicy: 'Never',
      activeDeadlineSeconds: LIFE_S,
      automountServiceAccountToken: false,
      containers: [container],
    },
  };
}
