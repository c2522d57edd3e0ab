import { processes } from '@hotpath/contracts';
import { Problem } from '../problem.ts';

type Other = Exclude<keyof typeof processes, 'gateway'>;
type AdminSetting = `${Uppercase<Other>}_ADMIN_ADDRESS`;

/** Where the other processes have their admin ports. */
export type AdminSettings = { readonly [setting in AdminSetting]?: string | undefined };

const nameOf = (process: string) => `${process.toUpperCase()}_ADMIN_ADDRESS` as AdminSetting;

/** NAME_ADMIN_ADDRESS of each process but the gateway, optional. */
export function adminSettings<S>(address: S): Readonly<Record<AdminSetting, S>> {
  const others = Object.keys(processes).filter((process) => process !== 'gateway');
  return Object.fromEntries(others.map((process) => [nameOf(process), address])) as Record<AdminSetting, S>;
}

/** The admin port of a process. @throws Problem where nobody has told it */
export function adminAddressOf(settings: AdminSettings, process: string): string {
  const address = settings[nameOf(process)];
  if (address) return address;
  throw new Problem(503, 'UNAVAILABLE', {
    detail: `the admin port of ${process} is not known: set ${nameOf(process)}, such as 127.0.0.1:9051`,
  });
}
