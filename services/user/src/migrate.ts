import { migrateServiceDatabase } from '@hotpath/rpc';
import { migrations } from './migrations.ts';
import { seed } from './seed.ts';

await migrateServiceDatabase({ name: 'user', migrations, seed });
