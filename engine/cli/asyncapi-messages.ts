// The messages of the AsyncAPI document: payloads from the one definition that also checks events.
import Type, { type TSchema } from 'typebox';
import { EVENT_TYPES, type EventType, eventSchemas } from '../../operators/events/event.js';
import {
  alertSchema,
  REFUSAL_REASONS,
  type Refusal,
  signalSchema,
} from '../../operators/events/result.js';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A refused or late event as it stands in stream REFUSED: whole, with the reason. */
const refusalSchema = Type.Object(
  {
    reason: Type.Union(REFUSAL_REASONS.map((reason) => Type.Literal(reason))),
    detail: Type.String({ description: 'What is wrong and where' }),
    subject: Type.String({ description: 'Subject that it came on' }),
    position: Type.Integer({ minimum: 1, description: 'Position of its message in EVENTS' }),
    index: Type.Integer({ minimum: 0, description: 'Which event of the message' }),
    kind: Type.String({ description: 'First part of its type' }),
    data: Type.String({ description: 'The event as it came' }),
  } satisfies Record<keyof Refusal, TSchema>,
  { description: 'An event that changed nothing, or came too late for its demand bucket' },
);

/** The kinds of event, each a subject: the first parts of the types. */
export function eventKinds(): string[] {
  return [...new Set(EVENT_TYPES.map(kindOf))];
}

export function eventTypesOf(kind: string): EventType[] {
  return EVENT_TYPES.filter((type) => kindOf(type) === kind);
}

/** Schemas by name: `order.placed`, its CloudEvents form `order.placed.cloud`, the results. */
export function payloadSchemas(): Record<string, JsonObject> {
  const events = EVENT_TYPES.flatMap((type) => {
    const schema = plain(eventSchemas[type]);
    return [
      [type, schema],
      [`${type}.cloud`, cloudEventSchema(type, schema)],
    ] as const;
  });
  const results = [
    ['signal', plain(signalSchema)],
    ['alert', plain(alertSchema)],
    ['refusal', plain(refusalSchema)],
  ] as const;
  return Object.fromEntries([...events, ...results]);
}

/** Messages by name. The name is the message's id: `order.placed`, `signal`. */
export function messages(): Record<string, JsonObject> {
  const events = EVENT_TYPES.map((type) => [type, eventMessage(type)] as const);
  const results = (['signal', 'alert', 'refusal'] as const).map(
    (name) => [name, resultMessage(name)] as const,
  );
  return Object.fromEntries([...events, ...results]);
}

function eventMessage(type: EventType): JsonObject {
  const { description } = plain(eventSchemas[type]);
  return {
    name: type,
    title: type,
    summary: description ?? '',
    contentType: 'application/json',
    // Not oneOf: a CloudEvent without data is a plain event with fields unknown, too.
    payload: { anyOf: [schemaRef(type), schemaRef(`${type}.cloud`)] },
  };
}

function resultMessage(name: 'signal' | 'alert' | 'refusal'): JsonObject {
  const id = 'Made from the cause: a replay sends the same id, and the stream stores it once';
  const headers = {
    type: 'object',
    required: ['Nats-Msg-Id'],
    properties: { 'Nats-Msg-Id': { type: 'string', description: id } },
  };
  return {
    name,
    title: name,
    contentType: 'application/json',
    headers,
    payload: schemaRef(name),
  };
}

/** CloudEvents 1.0, structured: id, type and time are its attributes, `data` holds the rest. */
function cloudEventSchema(type: EventType, schema: JsonObject): JsonObject {
  const { id, type: literal, time, ...rest } = schema.properties as Record<string, JsonObject>;
  const required = (schema.required as readonly string[]).filter((name) => name in rest);
  return {
    type: 'object',
    description: `${type} as a CloudEvents 1.0 structured message`,
    required: ['specversion', 'id', 'type', 'time', ...(required.length > 0 ? ['data'] : [])],
    properties: {
      specversion: { const: '1.0' },
      id: id ?? {},
      source: { type: 'string', description: 'Who says so; not looked at' },
      type: literal ?? {},
      time: time ?? {},
      datacontenttype: { type: 'string' },
      data: { type: 'object', required, properties: rest },
    },
  };
}

function schemaRef(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

function kindOf(type: string): string {
  return type.split('.', 1)[0] ?? type;
}

/** The schema as JSON: without what the library hangs on it for itself. */
function plain(schema: object): JsonObject {
  return JSON.parse(JSON.stringify(schema)) as JsonObject;
}
