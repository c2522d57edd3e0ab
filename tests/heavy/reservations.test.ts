import { setTimeout as sleep } from 'node:timers/promises';
import { InventoryService } from '@hotpath/contracts';
import { type Database, openDatabase } from '@hotpath/database';
import {
  type Channel,
  type Client,
  Code,
  codeName,
  createClient,
  openChannel,
  type RpcError,
} from '@hotpath/rpc';
import {
  migrateService,
  type PostgresServer,
  type Replica,
  startPostgres,
  startReplica,
} from '@hotpath/testing';
import { describeOwnPostgres } from '@hotpath/testing/vitest';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

const requests = 500;
const pieces = 100;
const warehouses = { 'in-bom-1': 60, 'in-del-1': 40 };

describeOwnPostgres('three replicas of inventory on one PostgreSQL database', () => {
  let server: PostgresServer;
  let db: Database;
  let replicas: Replica[] = [];
  let channels: Channel[] = [];
  let clients: Client<typeof InventoryService>[] = [];
  let productId = 0n;

  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase();
    await migrateService('inventory', url);
    db = await openDatabase({ url, poolMax: 2 });
    replicas = await Promise.all(
      [1, 2, 3].map(() => startReplica('inventory', { DATABASE_URL: url, RESERVATION_TTL_SECONDS: '600' })),
    );
    channels = replicas.map(({ address }) => openChannel(address));
    clients = channels.map((channel) => createClient(InventoryService, channel));
  });
  afterAll(async () => {
    for (const channel of channels) channel.close();
    for (const replica of replicas) await replica.close();
    await db?.close();
    await server?.stop();
  });

  const told = () => JSON.stringify(Object.fromEntries(repeats));

  /** A product of its own for each test, with exactly so many pieces. */
  beforeEach(async () => {
    productId += 1n;
    repeats.clear();
    answered = 0;
    await db.query('delete from reservations where product_id = $1', [productId]);
    await db.query('delete from stock where product_id = $1', [productId]);
    await db.query(
      'insert into stock (product_id, warehouse_id, available) select $1, * from unnest($2::text[], $3::int[])',
      [productId, Object.keys(warehouses), Object.values(warehouses)],
    );
  });

  /**
   * Reserves one piece for a user of its own, at one replica after the other, until there is an answer to go by. Every
   * third caller first gives up after a moment, perhaps when its reservation is made and only the answer is missing.
   * @returns the reservation's id; undefined where all are sold
   */
  async function reserve(number: number): Promise<string | undefined> {
    const request = {
      requestId: `${productId}-${number}`,
      userId: BigInt(number + 1),
      productId,
      quantity: 1,
    };
    for (let attempt = number; ; attempt++) {
      try {
        const client = clients[attempt % clients.length] as Client<typeof InventoryService>;
        const hasty = attempt === number && number % 3 === 0;
        const answer = await client.reserveStock(request, hasty ? { timeoutMs: 20 + (number % 200) } : {});
        return answer.reservation?.reservationId;
      } catch (error) {
        const { code, message } = error as RpcError;
        if (code === Code.FAILED_PRECONDITION) return undefined;
        // Whether these have reserved is open; the same request_id tells.
        const open: readonly Code[] = [Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED];
        if (!open.includes(code)) throw new Error(`${code} ${message}`);
        repeats.set(codeName(code), (repeats.get(codeName(code)) ?? 0) + 1);
      }
      await sleep(100);
    }
  }
  const repeats = new Map<string, number>();
  let answered = 0;
  const all = () =>
    Promise.all(
      Array.from({ length: requests }, async (_, number) => {
        const id = await reserve(number);
        answered++;
        return id;
      }),
    );

  /** What the database says of the product: who holds what, what is left, the least that ever was. */
  async function books() {
    const held = await db.query<{ id: string; user_id: bigint }>(
      'select reservation_id as id, user_id from reservations where product_id = $1 order by id',
      [productId],
    );
    const [left] = await db.query<{ left: number }>(
      'select sum(available)::int as left from stock where product_id = $1',
      [productId],
    );
    const [least] = await db.query<{ least: number }>(
      'select min(available) as least from stock_events where product_id = $1',
      [productId],
    );
    return { held, left: left?.left, least: least?.least };
  }

  function expectSold(
    answers: readonly (string | undefined)[],
    { held, left, least }: Awaited<ReturnType<typeof books>>,
  ) {
    const acknowledged = answers.filter((id) => id !== undefined);
    expect(acknowledged).toHaveLength(pieces);
    expect(held.map(({ id }) => id)).toEqual(acknowledged.toSorted());
    expect(new Set(held.map(({ user_id }) => user_id)).size).toBe(pieces);
    expect({ left, least }).toEqual({ left: 0, least: 0 });
  }

  test(`of ${requests} reservations at once of ${pieces} pieces exactly ${pieces} succeed`, async () => {
    const from = performance.now();
    const answers = await all();
    const seconds = ((performance.now() - from) / 1000).toFixed(1);
    console.log(`${requests} reservations from three replicas: ${seconds} s; tried again: ${told()}`);
    expectSold(answers, await books());
  });

  test('so it is when a replica is killed and PostgreSQL crashes in the middle', async () => {
    const answering = all();
    const until = async (count: number) => {
      while (answered < count) await sleep(1);
    };
    await until(20);
    await replicas[0]?.kill();
    await until(50);
    await server.restart('immediate');
    await replicas[0]?.start();
    const answers = await answering;
    console.log(`with a killed replica and a crash of PostgreSQL, tried again: ${told()}`);
    expect(repeats.get('UNAVAILABLE')).toBeGreaterThan(0);
    expectSold(answers, await books());
    // Who asks again gets the same answer, whichever replica it asks.
    expect(await all()).toEqual(answers);
    expectSold(answers, await books());
  });
});
