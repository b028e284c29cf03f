// One event for each order line: makes a large recording of a small one, all of it real orders.
import type { EventOf, InventoryEvent } from '../../operators/events/event.js';

interface PlacedLine {
  readonly orderId: string;
  readonly quantity: number;
  cancelled: boolean;
}

/**
 * The order with lines 1 to n becomes the orders `<id>-1` to `<id>-n` of one line each. A
 * cancellation becomes one a line as well, of the first order line of its SKU and quantity that
 * is not cancelled yet. Everything else passes as it is.
 */
export async function* expandToLines(
  events: AsyncIterable<InventoryEvent>,
): AsyncGenerator<InventoryEvent> {
  const placed = new Map<string, PlacedLine[]>();
  for await (const event of events) {
    if (event.type === 'order.placed') yield* orderOfEachLine(event, placed);
    else if (event.type === 'order.cancelled' && event.lines !== undefined) {
      yield* cancellationOfEachLine(event, event.lines, placed);
    } else yield event;
  }
}

function orderOfEachLine(
  event: EventOf<'order.placed'>,
  placed: Map<string, PlacedLine[]>,
): InventoryEvent[] {
  return event.lines.map((line, i) => {
    const orderId = `${event.orderId}-${i + 1}`;
    const key = `${event.orderId}/${line.sku}`;
    const lines = placed.get(key) ?? [];
    placed.set(key, lines);
    lines.push({ orderId, quantity: line.quantity, cancelled: false });
    return { ...event, id: `${event.id}-${i + 1}`, orderId, lines: [line] };
  });
}

function cancellationOfEachLine(
  event: EventOf<'order.cancelled'>,
  lines: NonNullable<EventOf<'order.cancelled'>['lines']>,
  placed: ReadonlyMap<string, readonly PlacedLine[]>,
): InventoryEvent[] {
  return lines.map((line, i) => {
    const open = (placed.get(`${event.orderId}/${line.sku}`) ?? []).filter((p) => !p.cancelled);
    const found = open.find(({ quantity }) => quantity === line.quantity) ?? open[0];
    if (found !== undefined) found.cancelled = true;
    const orderId = found?.orderId ?? event.orderId;
    return { ...event, id: `${event.id}-${i + 1}`, orderId, lines: [line] };
  });
}
