// `stockpulse asyncapi`: the contract as an AsyncAPI 3.0 document, made from the schemas in use.
import type { Command } from 'commander';
import { stringify } from 'yaml';
import {
  eventKinds,
  eventTypesOf,
  type JsonObject,
  messages,
  payloadSchemas,
} from './asyncapi-messages.js';

/** Version of the contract, not of the program: its first part rises when others must change. */
export const contractVersion = '1.0.0';

export function registerAsyncApi(program: Command): void {
  program
    .command('asyncapi')
    .description('print what goes in and comes out as an AsyncAPI 3 document')
    .option('--json', 'JSON instead of YAML')
    .action((options: { json?: boolean }) => {
      const document = asyncApiDocument();
      const text = options.json
        ? JSON.stringify(document, null, 2)
        : stringify(document, { aliasDuplicateObjects: false, lineWidth: 100 });
      process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    });
}

export function asyncApiDocument(): JsonObject {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'stockpulse',
      version: contractVersion,
      description:
        'Inventory events in, replenishment signals and alerts out, over NATS JetStream. A message ' +
        'holds one JSON object, or several separated by newlines. Times are RFC 3339 with an ' +
        'offset, or integer milliseconds since 1970 (UTC). Unknown fields are left out and counted.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      nats: {
        host: 'localhost:4222',
        protocol: 'nats',
        description: 'NATS with JetStream; streams EVENTS, SIGNALS and REFUSED',
      },
    },
    channels: { ...eventChannels(), ...resultChannels() },
    operations: { ...eventOperations(), ...resultOperations() },
    components: { messages: messages(), schemas: payloadSchemas() },
  };
}

function eventChannels(): JsonObject {
  return Object.fromEntries(
    eventKinds().map((kind) => [
      `events.${kind}`,
      {
        address: `events.${kind}`,
        title: `Events of kind ${kind}`,
        description: `Stream EVENTS. events.${kind}.<anything> is read too, such as a location.`,
        messages: Object.fromEntries(eventTypesOf(kind).map((type) => [type, messageRef(type)])),
      },
    ]),
  );
}

const location = {
  description: 'Location; characters that a NATS token forbids are percent-encoded',
};

function resultChannels(): JsonObject {
  return {
    signals: {
      address: 'signals.{kind}.{location}',
      description: 'Stream SIGNALS: what to order, move, hurry or cut',
      parameters: { kind: { description: 'Kind of signal, such as reorder' }, location },
      messages: { signal: messageRef('signal') },
    },
    alerts: {
      address: 'alerts.{kind}.{location}',
      description: 'Stream SIGNALS: what a person should know; raised once, cleared once',
      parameters: { kind: { description: 'Kind of alert, such as stockout' }, location },
      messages: { alert: messageRef('alert') },
    },
    refused: {
      address: 'refused.{kind}',
      description: 'Stream REFUSED: events that changed nothing, whole, with the reason',
      parameters: { kind: { description: "First part of the event's type, or of its subject" } },
      messages: { refusal: messageRef('refusal') },
    },
    late: {
      address: 'late.{kind}',
      description: 'Stream REFUSED: events that came too late for their demand bucket',
      parameters: { kind: { description: "First part of the event's type" } },
      messages: { refusal: messageRef('refusal') },
    },
  };
}

function eventOperations(): JsonObject {
  return Object.fromEntries(
    eventKinds().map((kind) => [
      `take-${kind}`,
      operation('receive', `events.${kind}`, eventTypesOf(kind), `Applies events of kind ${kind}`),
    ]),
  );
}

function resultOperations(): JsonObject {
  return {
    'send-signals': operation('send', 'signals', ['signal'], 'Asks for a replenishment'),
    'send-alerts': operation('send', 'alerts', ['alert'], 'Raises and clears alerts'),
    'send-refused': operation('send', 'refused', ['refusal'], 'Gives back what it cannot apply'),
    'send-late': operation('send', 'late', ['refusal'], 'Gives back what came too late to learn'),
  };
}

function operation(
  action: 'send' | 'receive',
  channel: string,
  names: readonly string[],
  summary: string,
): JsonObject {
  const refs = names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` }));
  return { action, channel: { $ref: `#/channels/${channel}` }, summary, messages: refs };
}

function messageRef(name: string): JsonObject {
  return { $ref: `#/components/messages/${name}` };
}
