// Latency over a real nats-server: published, decided, signal received, beside a bare consumer.
import type { Engine } from '../../engine/engine.js';
import { Child } from './child.js';
import { type Quantiles, Samples, show, showQuantiles, textTable } from './figures.js';
import type { ListenerResult } from './listener.js';
import { FIRST_TRIGGER, preparationJson } from './messages.js';
import type { ParserResult } from './parser.js';
import type { PublisherResult } from './publisher.js';
import type { Report } from './report.js';
import { CpuTime } from './role.js';
import { EVENTS_STREAM, onDecided, openStage, type Stage, until } from './stage.js';

interface Scenario {
  readonly rate: number;
  readonly pack: number;
}

interface Measured extends Scenario {
  readonly history: boolean;
  readonly publisher: PublisherResult;
  readonly parser: ParserResult;
  readonly storedToDecidedMs: Quantiles;
  readonly listener: ListenerResult;
  /** CPU time of the engine's process an event (microseconds); history's child is another. */
  readonly engineCpuMicros: number;
}

const SCENARIOS: readonly Scenario[] = [
  { rate: 1_000, pack: 1 },
  { rate: 10_000, pack: 1 },
  { rate: 10_000, pack: 50 },
];
const SKUS = 10_000;
const SECONDS = 5;
const WARM_UP_SECONDS = 1;
/** One event in so many raises a signal. */
const TRIGGER_EVERY = 50;
const TARGET_P99_MS = 50;
/** A machine that cannot publish at the rate is not waited for: what it reached is said. */
const PUBLISH_LIMIT_MS = 2_000 * SECONDS;
const LIMIT_MS = 60_000;

export async function benchLatency(): Promise<Report> {
  const measured = [...(await measureStage(false)), ...(await measureStage(true))];
  const p99 = measured
    .filter(({ rate }) => rate === 10_000)
    .map(({ history, pack, listener }) => {
      const ms = listener.latencyMs.p99;
      const verdict = ms < TARGET_P99_MS ? 'met' : 'MISSED';
      const how = `${pack} a message, history ${history ? 'on' : 'off'}`;
      return `target p99 < ${TARGET_P99_MS} ms from published to signal, ${how}: ${show(ms)}, ${verdict}`;
    });
  const text = [tableOf(measured), '', ...p99, ...measured.flatMap(remarksOn)];
  return {
    title: `Latency: ${SECONDS} s each, ${SKUS} SKUs, 1 event in ${TRIGGER_EVERY} raises a signal`,
    text,
    figures: { measured },
  };
}

async function measureStage(history: boolean): Promise<Measured[]> {
  const stage = await openStage();
  try {
    await stage.publish(preparationJson(skusNeeded(), Date.now()));
    const engine = await stage.engine(history);
    try {
      await caughtUp(engine, stage);
      const measured: Measured[] = [];
      let trigger = FIRST_TRIGGER;
      for (const scenario of SCENARIOS) {
        measured.push({ ...(await measure(stage, engine, scenario, trigger)), history });
        trigger += triggersOf(scenario);
      }
      return measured;
    } finally {
      await engine.stop();
    }
  } finally {
    await stage.close();
  }
}

function triggersOf({ rate }: Scenario): number {
  return Math.ceil((rate * (SECONDS + WARM_UP_SECONDS)) / TRIGGER_EVERY) + 2;
}

function* skusNeeded(): Generator<number> {
  for (let sku = 0; sku < SKUS; sku++) yield sku;
  const triggers = SCENARIOS.reduce((sum, scenario) => sum + triggersOf(scenario), 0);
  for (let n = 0; n < triggers; n++) yield FIRST_TRIGGER + n;
}

async function measure(
  stage: Stage,
  engine: Engine,
  { rate, pack }: Scenario,
  firstTrigger: number,
): Promise<Omit<Measured, 'history'>> {
  const { url } = stage;
  const count = rate * SECONDS;
  const publisher = new Child<PublisherResult | 'measuring'>(
    {
      ...{ role: 'publisher', url, rate, pack, count, skus: SKUS, firstTrigger },
      ...{ warmUp: rate * WARM_UP_SECONDS, triggerEvery: TRIGGER_EVERY, limitMs: PUBLISH_LIMIT_MS },
    },
    LIMIT_MS,
  );
  const parser = new Child<ParserResult>(
    { role: 'parser', url, stream: EVENTS_STREAM, from: 'new', events: 0, samples: count },
    LIMIT_MS,
  );
  const listener = new Child<ListenerResult>({ role: 'listener', url, samples: count }, LIMIT_MS);
  const children = [publisher, parser, listener];
  try {
    await Promise.all(children.map((child) => child.ready()));
    publisher.go();
    await publisher.result();
    const cpu = new CpuTime();
    const decided = new Samples(count * 2);
    const unlisten = onDecided(engine, (n, latencies) => {
      for (let i = 0; i < n; i++) decided.add(latencies[i] as number);
    });
    const published = (await publisher.result()) as PublisherResult;
    await caughtUp(engine, stage);
    unlisten();
    const engineCpuMicros = cpu.microsEach(published.count);
    parser.finish();
    listener.finish();
    return {
      ...{ rate, pack, publisher: published, engineCpuMicros },
      storedToDecidedMs: decided.quantiles(),
      parser: await parser.result(),
      listener: await listener.result(),
    };
  } finally {
    for (const child of children) child.kill();
  }
}

async function caughtUp(engine: Engine, stage: Stage): Promise<void> {
  const last = await stage.lastPosition();
  await until(`the engine at position ${last}`, LIMIT_MS, () => engine.position >= last);
}

function tableOf(measured: readonly Measured[]): string {
  const rows = measured.flatMap((m) => {
    const how = `${m.rate}/s, ${m.pack} a message, history ${m.history ? 'on' : 'off'}`;
    const row = (what: string, ms: Quantiles): string[] => [
      `${how}: ${what}`,
      String(ms.count),
      ...showQuantiles(ms),
    ];
    return [
      row('published to parsed, bare consumer', m.parser.latencyMs),
      row('stored to decided, as the engine measures', m.storedToDecidedMs),
      row('published to signal received', m.listener.latencyMs),
    ];
  });
  return textTable(['ms', 'samples', 'p50', 'p99', 'p99.9', 'max'], rows);
}

/** What the figures stand on: the rate that was reached, and whether every signal came. */
function remarksOn(measured: Measured): string[] {
  const { rate, pack, history, publisher, listener, parser, engineCpuMicros } = measured;
  const how = `${rate}/s, ${pack} a message, history ${history ? 'on' : 'off'}`;
  const remark =
    `${how}: published ${show(publisher.rate)}/s` +
    (publisher.behindMs > 5 ? `, at the end ${show(publisher.behindMs)} ms behind` : '') +
    `; ${listener.signals} of ${publisher.triggers} signals came; ` +
    `bare consumer p99 ${show(parser.latencyMs.p99)} ms, ` +
    `signal p99 ${show(listener.latencyMs.p99 / parser.latencyMs.p99)} times that; ` +
    `CPU an event: engine ${show(engineCpuMicros)} µs, bare consumer ${show(parser.cpuMicros)} µs`;
  return [remark];
}
