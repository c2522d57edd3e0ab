import {
  decode,
  encode,
  ImportStockResponse,
  type ImportSummary,
  InventoryService,
  type StockLine,
} from '@hotpath/contracts';
import { type Database, once, recall } from '@hotpath/database';
import {
  type Call,
  checkProductId,
  checkText,
  type Handlers,
  importLines,
  invalidArgument,
  type LineOutcome,
  RpcError,
} from '@hotpath/rpc';
import { noProduct, noWarehouse } from '../checks.ts';
import { announceStock, type SetResult, setStock } from '../store-stock.ts';

const mostPieces = 1_000_000_000;

/** Sets many stocks. Each message is one transaction; its bad lines are reported and fail no others. */
export function importStock(db: Database): Handlers<typeof InventoryService>['importStock'] {
  return async (requests, call) => {
    const summary = await importLines(requests, {
      recall: async (requestId) => toSummary(await recall(db, keyOf(requestId, call))),
      store: (lines) => storeLines(db, lines, call),
      keep: async (requestId, answer) => {
        const bytes = encode(ImportStockResponse, { summary: answer });
        return toSummary(
          await db.transaction((tx) => once(tx, keyOf(requestId, call), async () => bytes), call),
        );
      },
    });
    return { summary };
  };
}

/** An import is known by its id alone: its lines are long gone by when it is finished. */
function keyOf(requestId: string, { caller }: Call) {
  return { caller, method: InventoryService.methods.importStock.path, requestId, request: new Uint8Array() };
}

function toSummary(answer: Uint8Array): ImportSummary;
function toSummary(answer: Uint8Array | undefined): ImportSummary | undefined;
function toSummary(answer: Uint8Array | undefined): ImportSummary | undefined {
  return answer && decode(ImportStockResponse, answer).summary;
}

async function storeLines(db: Database, lines: readonly StockLine[], call: Call): Promise<LineOutcome[]> {
  const refusals = lines.map(refusalOf);
  // Where a product and warehouse come twice, the last line holds.
  const wanted = new Map(
    lines.filter((_, index) => !refusals[index]).map((line) => [keyOfLevel(line), line]),
  );
  const results = await db.transaction(async (tx) => {
    const set = await setStock(tx, [...wanted.values()]);
    await announceStock(
      tx,
      set.filter(({ changed }) => changed),
    );
    return new Map(set.map((result) => [keyOfLevel(result), result]));
  }, call);
  return lines.map((line, index) => {
    const key = keyOfLevel(line);
    return refusals[index] ?? outcomeOf(results.get(key) as SetResult, wanted.get(key) === line);
  });
}

const keyOfLevel = ({ productId, warehouseId }: { productId: bigint; warehouseId: string }) =>
  `${productId} ${warehouseId}`;

/** What is wrong with a line in itself. */
function refusalOf({ productId, warehouseId, available }: StockLine): RpcError | undefined {
  try {
    checkProductId(productId);
    checkText('warehouse_id', warehouseId, 1, 100);
    if (available < 0 || available > mostPieces) {
      throw invalidArgument('available', `must be from 0 to ${mostPieces}, not ${available}`);
    }
    return undefined;
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
}

function outcomeOf(result: SetResult, isLast: boolean): LineOutcome {
  if (!result.productKnown) return noProduct(result.productId);
  if (!result.warehouseKnown) return noWarehouse(result.warehouseId);
  return result.changed && isLast ? 'changed' : 'unchanged';
}
