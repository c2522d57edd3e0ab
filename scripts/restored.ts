import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { command } from '@hotpath/cli';
import { migrate, openDatabase } from '@hotpath/database';
import { migrations as inventory } from '../services/inventory/src/migrations.ts';
import { migrations as pricing } from '../services/pricing/src/migrations.ts';

const help = `Begins the change feeds anew. Run it once when embedded databases were put back from a backup, before the shop starts on
them: who watched prices beyond the backup then gets the present ones. On PostgreSQL it is a statement: see docs/data.md.

  npm run restored

  --help  print this

Settings, as environment variables:
  HOTPATH_DATA .hotpath   the folder of the databases
`;

/** The databases that have a feed. */
const feeds = [
  { name: 'pricing', migrations: pricing, feed: 'events' },
  { name: 'inventory', migrations: inventory, feed: 'stock_events' },
];

await command({ name: 'npm run restored', help }, main);

async function main() {
  const data = resolve(process.env.HOTPATH_DATA || '.hotpath');
  for (const { name, migrations, feed } of feeds) {
    const folder = `${data}/${name}`;
    if (!existsSync(`${folder}/data`)) throw new Error(`there is no database in ${folder}`);
    const db = await openDatabase({ folder });
    try {
      // A backup may be of an earlier release.
      await migrate(db, migrations);
      await db.query('select restart_feed($1)', [feed]);
    } finally {
      await db.close();
    }
    process.stdout.write(`${name}: the feed begins anew\n`);
  }
}
