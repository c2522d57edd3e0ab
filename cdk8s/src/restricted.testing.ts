import type { Container, PodSpec } from 'kubernetes-types/core/v1.d.ts';

/** What PodSecurity `restricted` refuses in a pod, as its documentation lists it. */
export function refusedByRestricted(spec: PodSpec): readonly string[] {
  const wrong: string[] = [];
  const check = (holds: boolean, what: string) => holds || wrong.push(what);
  for (const key of ['hostNetwork', 'hostPID', 'hostIPC'] as const) check(!spec[key], key);
  for (const volume of spec.volumes ?? []) {
    const kinds = [
      'configMap',
      'emptyDir',
      'projected',
      'secret',
      'persistentVolumeClaim',
      'downwardAPI',
      'csi',
    ];
    check(
      Object.keys(volume).every((key) => key === 'name' || kinds.includes(key)),
      `volume ${volume.name}`,
    );
  }
  const pod = spec.securityContext ?? {};
  check(pod.sysctls === undefined, 'sysctls');
  for (const { name, ports = [], securityContext: own = {} } of containersOf(spec)) {
    check(!own.privileged, `${name} privileged`);
    check(own.allowPrivilegeEscalation === false, `${name} allowPrivilegeEscalation`);
    check((own.runAsNonRoot ?? pod.runAsNonRoot) === true, `${name} runAsNonRoot`);
    check((own.runAsUser ?? pod.runAsUser) !== 0, `${name} runAsUser`);
    check((own.seccompProfile ?? pod.seccompProfile)?.type === 'RuntimeDefault', `${name} seccompProfile`);
    check(own.capabilities?.drop?.includes('ALL') === true, `${name} capabilities.drop`);
    check(
      (own.capabilities?.add ?? []).every((one) => one === 'NET_BIND_SERVICE'),
      `${name} capabilities.add`,
    );
    check(
      ports.every(({ hostPort }) => hostPort === undefined),
      `${name} hostPort`,
    );
    check(own.procMount === undefined || own.procMount === 'Default', `${name} procMount`);
  }
  return wrong;
}

/** All containers of a pod, those that run first among them. */
export const containersOf = (spec: PodSpec): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];
