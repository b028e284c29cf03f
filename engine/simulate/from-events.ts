// Recorded order events as order lines: what was placed, without what was cancelled of it.
import { NdjsonSource } from '../../connectors/files/ndjson-source.js';
import { Decoder } from '../../operators/events/decode.js';
import { TYPE } from '../../operators/events/event.js';
import { Batch, OUTCOME } from '../../operators/stream/batch.js';
import { Table } from '../../operators/stream/table.js';
import { RecordingError } from '../backtest/problems.js';
import {
  BUCKET_MS,
  DAY_MS,
  type RecordedDemand,
  type Series,
  type SimulatedBucket,
} from './recorded-demand.js';

const MESSAGES_AT_ONCE = 4096;

interface Placed {
  readonly row: number;
  readonly sku: number;
  readonly timeMs: number;
  readonly price: number;
  units: number;
}

/**
 * Only `order.placed` and `order.cancelled` count; an event that comes twice counts once. Cancelled
 * units are taken out from the beginning: nobody wanted them.
 * @throws RecordingError when a file cannot be read whole, or holds an event that is refused
 */
export async function demandOfEvents(
  files: readonly string[],
  options: { readonly bucket: SimulatedBucket; readonly onRead?: (bytes: number) => void },
): Promise<RecordedDemand> {
  const source = new NdjsonSource({ files });
  const orders = new OrderBook();
  await source.open(null);
  let read = 0;
  for (;;) {
    const deliveries = await source.nextBatch(MESSAGES_AT_ONCE);
    if (deliveries === null) break;
    orders.take(deliveries);
    options.onRead?.(source.bytesRead - read);
    read = source.bytesRead;
  }
  const problem = source.problems[0];
  if (problem !== undefined) {
    throw new RecordingError(`${problem.file}, line ${problem.line}: ${problem.reason}`);
  }
  return orders.demand(files, options.bucket);
}

class OrderBook {
  private readonly table = new Table();
  private readonly decoder = new Decoder(this.table, { maxAheadMs: Number.POSITIVE_INFINITY });
  private readonly seen = new Set<string>();
  private readonly placed: Placed[] = [];
  private readonly byOrder = new Map<string, Placed[]>();

  take(deliveries: Parameters<Decoder['decode']>[0]): void {
    const batch = new Batch();
    this.decoder.decode(deliveries, batch);
    for (let i = 0; i < batch.count; i++) {
      if (batch.outcome[i] !== OUTCOME.pending) throw refused(batch, i);
      const type = batch.type[i];
      if (type !== TYPE['order.placed'] && type !== TYPE['order.cancelled']) continue;
      const id = batch.id[i] as string;
      if (this.seen.has(id)) continue;
      this.seen.add(id);
      if (type === TYPE['order.placed']) this.place(batch, i);
      else this.cancel(batch, i);
    }
  }

  demand(files: readonly string[], bucket: SimulatedBucket): RecordedDemand {
    const kept = this.placed.filter(({ units }) => units > 0);
    if (kept.length === 0) throw new RecordingError(`${files.join(', ')}: no orders`);
    kept.sort((a, b) => a.timeMs - b.timeMs);
    const numbers = new Map<number, number>();
    const series: Series[] = [];
    const prices = pricesOf(kept);
    for (const { row, timeMs } of kept) {
      if (numbers.has(row)) continue;
      numbers.set(row, series.length);
      series.push({
        ...{ sku: this.table.sku(row), location: this.table.location(row), category: null },
        price: prices.get(row) ?? Number.NaN,
        firstMs: Math.floor(timeMs / BUCKET_MS[bucket]) * BUCKET_MS[bucket],
      });
    }
    const first = (kept[0] as Placed).timeMs;
    const last = (kept[kept.length - 1] as Placed).timeMs;
    return {
      ...{ bucket, series },
      fromMs: Math.floor(first / DAY_MS) * DAY_MS,
      toMs: (Math.floor(last / DAY_MS) + 1) * DAY_MS,
      lines: {
        series: Int32Array.from(kept, ({ row }) => numbers.get(row) as number),
        timeMs: Float64Array.from(kept, ({ timeMs }) => timeMs),
        units: Float64Array.from(kept, ({ units }) => units),
      },
    };
  }

  private place(batch: Batch, i: number): void {
    batch.findRows(i, this.table);
    const id = batch.reference[i] as string;
    const order = this.byOrder.get(id) ?? [];
    this.byOrder.set(id, order);
    for (let n = batch.lineStart[i] as number; n < (batch.lineStart[i + 1] as number); n++) {
      const line = {
        row: batch.lineRow[n] as number,
        sku: batch.lineSku[n] as number,
        timeMs: batch.occurredAtMs[i] as number,
        price: batch.linePrice[n] as number,
        units: batch.lineQuantity[n] as number,
      };
      order.push(line);
      this.placed.push(line);
    }
  }

  private cancel(batch: Batch, i: number): void {
    const order = this.byOrder.get(batch.reference[i] as string) ?? [];
    const [from, end] = [batch.lineStart[i] as number, batch.lineStart[i + 1] as number];
    if (from === end) for (const line of order) line.units = 0;
    for (let n = from; n < end; n++) {
      let left = batch.lineQuantity[n] as number;
      for (const line of order) {
        if (line.sku !== batch.lineSku[n]) continue;
        const taken = Math.min(left, line.units);
        line.units -= taken;
        left -= taken;
      }
    }
  }
}

/** Mean price of the lines that name one, by row. */
function pricesOf(lines: readonly Placed[]): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { row, price } of lines) {
    if (!(price > 0)) continue;
    const { sum, count } = sums.get(row) ?? { sum: 0, count: 0 };
    sums.set(row, { sum: sum + price, count: count + 1 });
  }
  return new Map([...sums].map(([row, { sum, count }]) => [row, sum / count]));
}

function refused(batch: Batch, i: number): RecordingError {
  const { detail } = batch.refusal.get(i) as { detail: string };
  return new RecordingError(`message ${batch.position[i]}: ${detail}; correct the file`);
}
