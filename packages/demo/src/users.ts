import { createRandom } from './random.ts';

/** How many demo users there are; their ids are 1 to this. */
export const userCount = 1000;

/** The password of the four demo accounts. Public on purpose: they exist only where demo data is seeded. */
export const demoPassword = 'hotpath';

/** A user of the demo shop. */
export interface DemoUser {
  readonly userId: bigint;
  /** Lower case, unique. */
  readonly email: string;
  readonly name: string;
  readonly segment: 'standard' | 'vip' | 'wholesale';
  readonly role: 'customer' | 'merchant';
  /** Whether {@link demoPassword} opens a session. The others only fill the shop. */
  readonly canSignIn: boolean;
}

const accounts: readonly DemoUser[] = [
  {
    userId: 1n,
    email: 'standard@demo.test',
    name: 'Sita Standard',
    segment: 'standard',
    role: 'customer',
    canSignIn: true,
  },
  {
    userId: 2n,
    email: 'vip@demo.test',
    name: 'Vikram Vip',
    segment: 'vip',
    role: 'customer',
    canSignIn: true,
  },
  {
    userId: 3n,
    email: 'wholesale@demo.test',
    name: 'Waheeda Wholesale',
    segment: 'wholesale',
    role: 'customer',
    canSignIn: true,
  },
  {
    userId: 4n,
    email: 'merchant@demo.test',
    name: 'Manoj Merchant',
    segment: 'standard',
    role: 'merchant',
    canSignIn: true,
  },
];

const firstNames =
  'Aarav,Aisha,Ananya,Arjun,Asha,Bhavna,Carlos,Chitra,Dev,Diya,Elena,Farhan,Fatima,Gauri,Hana,Harish,Imran,Isha,Jaya,Kabir,Karan,Kavya,Lakshmi,Leo,Maya,Mei,Mohan,Nadia,Nikhil,Nina,Omar,Pooja,Priya,Rahul,Ravi,Rohan,Sana,Sofia,Tara,Yusuf'.split(
    ',',
  );
const lastNames =
  'Ahmed,Banerjee,Bose,Chen,Das,Desai,Dutta,Fernandes,Garcia,Ghosh,Gupta,Iyer,Jain,Joshi,Kapoor,Khan,Kulkarni,Kumar,Mehta,Menon,Mishra,Nair,Patel,Pereira,Pillai,Rao,Reddy,Roy,Sato,Schmidt,Shah,Sharma,Singh,Tanaka,Thomas,Varma'.split(
    ',',
  );

/**
 * All demo users in the order of their ids, the same at every call: first the four demo accounts, then customers,
 * about 80 % standard, 15 % vip and 5 % wholesale.
 */
export function users(): DemoUser[] {
  return [
    ...accounts,
    ...Array.from({ length: userCount - accounts.length }, (_, index) => shopper(index + 5)),
  ];
}

function shopper(id: number): DemoUser {
  const random = createRandom(id);
  const first = random.pick(firstNames);
  const last = random.pick(lastNames);
  const share = random.next();
  return {
    userId: BigInt(id),
    email: `${first}.${last}.${id}@demo.test`.toLowerCase(),
    name: `${first} ${last}`,
    segment: share < 0.8 ? 'standard' : share < 0.95 ? 'vip' : 'wholesale',
    role: 'customer',
    canSignIn: false,
  };
}
