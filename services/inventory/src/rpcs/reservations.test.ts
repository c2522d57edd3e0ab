import { type Reservation, ReservationState } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { Code, type RpcError } from '@hotpath/rpc';
import { describePostgres, testDatabaseUrl } from '@hotpath/testing/vitest';
import { describe, expect, test } from 'vitest';
import { insertProduct, openTestDatabase, startInventory } from '../testing.ts';

describe('on an embedded database', () => reservations(openTestDatabase));
describePostgres('on a PostgreSQL server', () =>
  reservations(async () => openTestDatabase(await testDatabaseUrl())),
);
describePostgres('many at once on a PostgreSQL server', manyAtOnce);

/** Takes, gives back and sets the stock of a few products from many sides, which lock more than one row of it each. */
async function manyAtOnce(): Promise<void> {
  const db = await openTestDatabase(await testDatabaseUrl());
  const clients = [
    (await startInventory(db)).client,
    (await startInventory(db, { reservationTtlSeconds: 0.05 })).client,
  ];
  const warehouses = ['in-bom-1', 'in-del-1', 'in-maa-1'];
  const products = [1n, 2n, 3n];
  const levels = products.flatMap((productId) =>
    warehouses.map((warehouseId) => ({ productId, warehouseId })),
  );
  for (const productId of products) {
    await insertProduct(db, productId, Object.fromEntries(warehouses.map((id) => [id, 1_000])));
  }
  const pick = <T>(items: readonly T[]) => items[Math.floor(Math.random() * items.length)] as T;

  test('all locks are taken in one order, so that the database has no reason to end one of them', async () => {
    const failures: unknown[] = [];
    const until = Date.now() + 1_500;
    let done = 0;
    const worker = async (_: unknown, number: number) => {
      while (Date.now() < until) {
        const requestId = `${number}-${done++}`;
        const client = pick(clients);
        try {
          if (Math.random() < 0.2) {
            const lines = levels
              .toSorted(() => Math.random() - 0.5)
              .map((level, index) => ({ ...level, line: BigInt(index + 1), available: 500 + (done % 500) }));
            await client.importStock(
              (async function* () {
                yield { requestId, lines };
              })(),
            );
            continue;
          }
          const owner = { requestId, userId: 1n };
          const { reservation } = await client.reserveStock({
            ...owner,
            productId: pick(products),
            quantity: 1,
          });
          const end = { ...owner, reservationId: reservation?.reservationId ?? '' };
          await pick([client.confirmReservation, client.releaseReservation])(end);
        } catch (error) {
          // What is sold out or has no time is refused; what the database ends is an error that nobody expects.
          if ((error as RpcError).code === Code.INTERNAL) failures.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    expect(failures).toEqual([]);
    expect(done).toBeGreaterThan(16);
  });
}

async function reservations(open: () => Promise<Database>): Promise<void> {
  const db = await open();
  const { client, feed } = await startInventory(db);
  /** The same shop, where pieces are held for a moment only. */
  const hasty = (await startInventory(db, { reservationTtlSeconds: 1 })).client;

  let lastProduct = 0n;
  async function product(stock: Record<string, number>): Promise<bigint> {
    await insertProduct(db, ++lastProduct, stock);
    return lastProduct;
  }

  let requests = 0;
  const requestId = () => `request-${++requests}`;

  async function stockOf(productId: bigint): Promise<Record<string, number>> {
    const { stock } = await client.getStock({ productId });
    return Object.fromEntries(stock.map(({ warehouseId, available }) => [warehouseId, available]));
  }

  async function reserve(productId: bigint, quantity = 1, userId = 1n): Promise<Reservation> {
    const answer = await client.reserveStock({ requestId: requestId(), userId, productId, quantity });
    return answer.reservation as Reservation;
  }

  async function newestPosition(): Promise<bigint> {
    const [row] = await db.query<{ position: bigint }>('select max(sequence) as position from stock_events');
    return row?.position ?? 0n;
  }

  test('ReserveStock takes pieces from the warehouse with most of them and holds them', async () => {
    const productId = await product({ 'in-bom-1': 5, 'in-del-1': 9, 'in-maa-1': 2 });
    const before = Date.now();
    const reservation = await reserve(productId, 4, 7n);
    expect(reservation).toEqual({
      reservationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      userId: 7n,
      productId,
      warehouseId: 'in-del-1',
      quantity: 4,
      state: ReservationState.HELD,
      expiresAtMs: expect.any(BigInt),
    });
    expect(Number(reservation.expiresAtMs) - before).toBeGreaterThanOrEqual(900_000);
    expect(Number(reservation.expiresAtMs) - Date.now()).toBeLessThanOrEqual(900_000);
    expect(await stockOf(productId)).toMatchObject({ 'in-bom-1': 5, 'in-del-1': 5, 'in-maa-1': 2 });
  });

  test('ReserveStock takes them only from the warehouse that is named', async () => {
    const productId = await product({ 'in-bom-1': 5, 'in-del-1': 9 });
    const request = { userId: 1n, productId, warehouseId: 'in-bom-1' };
    await client.reserveStock({ ...request, requestId: requestId(), quantity: 5 });
    await expect(
      client.reserveStock({ ...request, requestId: requestId(), quantity: 1 }),
    ).rejects.toMatchObject({
      code: Code.FAILED_PRECONDITION,
      message: `warehouse in-bom-1 has 0 of product ${productId}, not 1`,
    });
    expect(await stockOf(productId)).toMatchObject({ 'in-bom-1': 0, 'in-del-1': 9 });
  });

  test('ReserveStock never puts pieces of two warehouses together', async () => {
    const productId = await product({ 'in-bom-1': 5, 'in-del-1': 9 });
    await expect(reserve(productId, 10)).rejects.toMatchObject({
      code: Code.FAILED_PRECONDITION,
      message: `no warehouse has 10 of product ${productId}; the most in one is 9`,
    });
  });

  test('80 reservations at once of 20 pieces: 20 succeed, and nothing is left', async () => {
    const productId = await product({ 'in-bom-1': 8, 'in-del-1': 6, 'in-maa-1': 6 });
    /** As a client would: it asks again where it got no answer in time, or no room. */
    const ask = async (userId: bigint): Promise<unknown> => {
      try {
        return await client.reserveStock({ requestId: 'at once', userId, productId, quantity: 1 });
      } catch (error) {
        const { code } = error as RpcError;
        if (code !== Code.DEADLINE_EXCEEDED && code !== Code.RESOURCE_EXHAUSTED) throw error;
        return ask(userId);
      }
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 80 }, (_, index) => ask(BigInt(index + 1))),
    );
    const held = outcomes.filter(({ status }) => status === 'fulfilled');
    const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(held).toHaveLength(20);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: Code.FAILED_PRECONDITION });
    expect(await stockOf(productId)).toMatchObject({ 'in-bom-1': 0, 'in-del-1': 0, 'in-maa-1': 0 });
  });

  test('repeats of ReserveStock, one after another or at once, hold the pieces once', async () => {
    const productId = await product({ 'in-bom-1': 5 });
    const request = { requestId: requestId(), userId: 1n, productId, quantity: 2 };
    const answers = await Promise.all([1, 2, 3].map(() => client.reserveStock(request)));
    answers.push(await client.reserveStock(request));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await stockOf(productId)).toMatchObject({ 'in-bom-1': 3 });
  });

  test('a request id belongs to its user, and to one request of that user', async () => {
    const productId = await product({ 'in-bom-1': 5 });
    const request = { requestId: requestId(), userId: 1n, productId, quantity: 1 };
    const first = await client.reserveStock(request);
    const other = await client.reserveStock({ ...request, userId: 2n });
    expect(other.reservation?.reservationId).not.toBe(first.reservation?.reservationId);
    await expect(client.reserveStock({ ...request, quantity: 2 })).rejects.toMatchObject({
      code: Code.ALREADY_EXISTS,
    });
  });

  test('a refused reservation may be tried again with the same request id', async () => {
    const productId = await product({ 'in-bom-1': 0 });
    const request = { requestId: requestId(), userId: 1n, productId, quantity: 1 };
    await expect(client.reserveStock(request)).rejects.toMatchObject({ code: Code.FAILED_PRECONDITION });
    await db.query('update stock set available = 1 where product_id = $1', [productId]);
    expect((await client.reserveStock(request)).reservation?.quantity).toBe(1);
  });

  test('ReserveStock: unknown products and warehouses are NOT_FOUND, not sold out', async () => {
    const productId = await product({ 'in-bom-1': 5 });
    const request = { requestId: 'r', userId: 1n, quantity: 1 };
    for (const unknown of [{ productId: 2n ** 63n - 1n }, { productId, warehouseId: 'in-xxx-1' }]) {
      await expect(client.reserveStock({ ...request, ...unknown })).rejects.toMatchObject({
        code: Code.NOT_FOUND,
      });
    }
  });

  test.each([
    ['request_id', { requestId: '' }],
    ['request_id', { requestId: 'r'.repeat(201) }],
    ['request_id', { requestId: 'r\0' }],
    ['user_id', { userId: 0n }],
    ['product_id', { productId: -1n }],
    ['quantity', { quantity: 0 }],
    ['quantity', { quantity: -1 }],
    ['quantity', { quantity: 1000 }],
    ['warehouse_id', { warehouseId: 'w\0' }],
  ])('ReserveStock refuses a bad %s', async (field, wrong) => {
    const request = { requestId: 'r', userId: 1n, productId: 1n, quantity: 1, ...wrong };
    await expect(client.reserveStock(request)).rejects.toMatchObject({
      code: Code.INVALID_ARGUMENT,
      message: expect.stringContaining(field),
    });
  });

  test('a confirmed reservation is final: confirming again changes nothing, releasing is refused', async () => {
    const productId = await product({ 'in-bom-1': 5 });
    const { reservationId, userId } = await reserve(productId, 2);
    const confirm = (id = requestId()) => client.confirmReservation({ requestId: id, reservationId, userId });
    const first = await confirm('confirm');
    expect(first.reservation?.state).toBe(ReservationState.CONFIRMED);
    expect(await confirm('confirm')).toEqual(first);
    expect(await confirm()).toEqual(first);
    await expect(
      client.releaseReservation({ requestId: requestId(), reservationId, userId }),
    ).rejects.toMatchObject({
      code: Code.FAILED_PRECONDITION,
    });
    expect(await stockOf(productId)).toMatchObject({ 'in-bom-1': 3 });
  });

  test('a released reservation gives its pieces back once, and cannot be confirmed', async () => {
    const productId = await product({ 'in-bom-1': 5 });
    const { reservationId, userId } = await reserve(productId, 2);
    const release = () => client.releaseReservation({ requestId: requestId(), reservationId, userId });
    const answers = await Promise.all([release(), release(), release()]);
    for (const { reservation } of answers) expect(reservation?.state).toBe(ReservationState.RELEASED);
    expect(await stockOf(productId)).toMatchObject({ 'in-bom-1': 5 });
    await expect(
      client.confirmReservation({ requestId: requestId(), reservationId, userId }),
    ).rejects.toMatchObject({
      code: Code.FAILED_PRECONDITION,
      message: expect.stringContaining('released'),
    });
  });

  test("another user's reservation does not exist, nor does an unknown one", async () => {
    const { reservationId } = await reserve(await product({ 'in-bom-1': 5 }));
    for (const wrong of [
      { reservationId, userId: 2n },
      { reservationId: '0b8a6c1e-55d0-4f6e-9c3e-2f1f0a7d9b10', userId: 1n },
    ]) {
      const request = { requestId: requestId(), ...wrong };
      await expect(client.confirmReservation(request)).rejects.toMatchObject({ code: Code.NOT_FOUND });
      await expect(client.releaseReservation(request)).rejects.toMatchObject({ code: Code.NOT_FOUND });
    }
  });

  test.each([
    ['request_id', { requestId: '' }],
    ['reservation_id', { reservationId: 'mine' }],
    ['user_id', { userId: 0n }],
  ])('confirming and releasing refuse a bad %s', async (field, wrong) => {
    const request = {
      requestId: 'r',
      reservationId: '0b8a6c1e-55d0-4f6e-9c3e-2f1f0a7d9b10',
      userId: 1n,
      ...wrong,
    };
    for (const answer of [client.confirmReservation(request), client.releaseReservation(request)]) {
      await expect(answer).rejects.toMatchObject({
        code: Code.INVALID_ARGUMENT,
        message: expect.stringContaining(field),
      });
    }
  });

  test('a held reservation expires by itself and gives its pieces back once', async () => {
    const productId = await product({ 'in-bom-1': 5, 'in-del-1': 1 });
    const after = await newestPosition();
    const held = await Promise.all(
      [3, 2].map((quantity) =>
        hasty.reserveStock({ requestId: requestId(), userId: 1n, productId, quantity }),
      ),
    );
    expect(await stockOf(productId)).toMatchObject({ 'in-bom-1': 0 });
    const expiries = Math.max(...held.map(({ reservation }) => Number(reservation?.expiresAtMs)));
    const signal = AbortSignal.timeout(5_000);
    for await (const { available } of feed.follow({ after, keys: [productId], signal }))
      if (available === 5) break;
    expect(Date.now()).toBeGreaterThanOrEqual(expiries);

    const [{ reservation }] = held as [{ reservation: Reservation }];
    const request = { reservationId: reservation.reservationId, userId: 1n };
    await expect(hasty.confirmReservation({ requestId: requestId(), ...request })).rejects.toMatchObject({
      code: Code.FAILED_PRECONDITION,
      message: expect.stringContaining('expired'),
    });
    const released = await hasty.releaseReservation({ requestId: requestId(), ...request });
    expect(released.reservation?.state).toBe(ReservationState.EXPIRED);
    expect(await stockOf(productId)).toMatchObject({ 'in-bom-1': 5, 'in-del-1': 1 });
  });

  test('a reservation whose time is over cannot be confirmed, even before the alarm has rung', async () => {
    const { reservationId, userId } = await reserve(await product({ 'in-bom-1': 5 }));
    await db.query("update reservations set expires_at = now() - interval '1 ms' where reservation_id = $1", [
      reservationId,
    ]);
    await expect(
      client.confirmReservation({ requestId: requestId(), reservationId, userId }),
    ).rejects.toMatchObject({
      code: Code.FAILED_PRECONDITION,
      message: expect.stringContaining('expired'),
    });
  });
}
