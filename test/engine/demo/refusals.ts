// What the engine's own decoder says to events, for the tests of the demo's data.
import { Decoder } from '../../../operators/events/decode.js';
import type { InventoryEvent } from '../../../operators/events/event.js';
import { Batch } from '../../../operators/stream/batch.js';
import { Table } from '../../../operators/stream/table.js';

const PIECE = 4096;

/** Details of the refused events, and how many fields are not the contract's. */
export function refusals(events: readonly InventoryEvent[]): {
  refused: string[];
  unknownFields: number;
} {
  const decoder = new Decoder(new Table(), { maxAheadMs: 0 });
  const refused: string[] = [];
  let unknownFields = 0;
  for (let from = 0; from < events.length; from += PIECE) {
    const batch = new Batch();
    const messages = events.slice(from, from + PIECE).map((event, i) => ({
      position: from + i + 1,
      subject: `events.${event.type.split('.')[0]}`,
      storedAtMs: null,
      data: new TextEncoder().encode(JSON.stringify(event)),
    }));
    decoder.decode(messages, batch);
    for (const { detail } of batch.refusal.values()) refused.push(detail);
    unknownFields += batch.unknownFields;
  }
  return { refused, unknownFields };
}
