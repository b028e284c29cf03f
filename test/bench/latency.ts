// Latency over a real nats-server: published, decided, signal received; and of a bare consumer.
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

interface Published extends Scenario {
  readonly publisher: PublisherResult;
}

interface Bare extends Published {
  readonly parser: ParserResult;
}

interface Decided extends Published {
  readonly history: boolean;
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

/** One after the other in one run: side by side they would measure how they share the cores. */
export async function benchLatency(): Promise<Report> {
  const bare = await measureBare();
  const decided = [...(await measureEngine(false)), ...(await measureEngine(true))];
  const verdicts = decided.filter(({ rate }) => rate === 10_000).map(verdictOn);
  const remarks = decided.map((d) => remarkOn(d, bareOf(bare, d)));
  return {
    title: `Latency: ${SECONDS} s each, ${SKUS} SKUs, 1 event in ${TRIGGER_EVERY} raises a signal`,
    text: [tableOf(bare, decided), '', ...verdicts, ...remarks],
    figures: { bare, decided },
  };
}

async function measureBare(): Promise<Bare[]> {
  const stage = await openStage();
  try {
    const bare: Bare[] = [];
    for (const scenario of SCENARIOS) {
      const { url } = stage;
      const samples = scenario.rate * SECONDS;
      const parser = new Child<ParserResult>(
        { role: 'parser', url, stream: EVENTS_STREAM, from: 'new', events: 0, samples },
        LIMIT_MS,
      );
      try {
        await parser.ready();
        const publisher = await publish(stage, scenario, FIRST_TRIGGER, () => undefined);
        parser.finish();
        bare.push({ ...scenario, publisher, parser: await parser.result() });
      } finally {
        parser.kill();
      }
    }
    return bare;
  } finally {
    await stage.close();
  }
}

async function measureEngine(history: boolean): Promise<Decided[]> {
  const stage = await openStage();
  try {
    await stage.publish(preparationJson(skusNeeded(), Date.now()));
    const engine = await stage.engine(history);
    try {
      await caughtUp(engine, stage);
      const measured: Decided[] = [];
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
  scenario: Scenario,
  firstTrigger: number,
): Promise<Omit<Decided, 'history'>> {
  const samples = scenario.rate * SECONDS;
  const listener = new Child<ListenerResult>(
    { role: 'listener', url: stage.url, samples },
    LIMIT_MS,
  );
  try {
    await listener.ready();
    let cpu = new CpuTime();
    let unlisten = (): void => undefined;
    const decided = new Samples(samples * 2);
    const publisher = await publish(stage, scenario, firstTrigger, () => {
      cpu = new CpuTime();
      unlisten = onDecided(engine, (n, latencies) => {
        for (let i = 0; i < n; i++) decided.add(latencies[i] as number);
      });
    });
    await caughtUp(engine, stage);
    unlisten();
    const engineCpuMicros = cpu.microsEach(publisher.count);
    listener.finish();
    const storedToDecidedMs = decided.quantiles();
    const result = await listener.result();
    return { ...scenario, publisher, engineCpuMicros, storedToDecidedMs, listener: result };
  } finally {
    listener.kill();
  }
}

/** Events at the scenario's rate from a process of its own; `onWarm` after the warm-up. */
async function publish(
  { url }: Stage,
  { rate, pack }: Scenario,
  firstTrigger: number,
  onWarm: () => void,
): Promise<PublisherResult> {
  const publisher = new Child<PublisherResult | 'measuring'>(
    {
      ...{ role: 'publisher', url, rate, pack, count: rate * SECONDS, skus: SKUS, firstTrigger },
      ...{ warmUp: rate * WARM_UP_SECONDS, triggerEvery: TRIGGER_EVERY, limitMs: PUBLISH_LIMIT_MS },
    },
    LIMIT_MS,
  );
  try {
    await publisher.ready();
    publisher.go();
    await publisher.result();
    onWarm();
    return (await publisher.result()) as PublisherResult;
  } finally {
    publisher.kill();
  }
}

async function caughtUp(engine: Engine, stage: Stage): Promise<void> {
  const last = await stage.lastPosition();
  await until(`the engine at position ${last}`, LIMIT_MS, () => engine.position >= last);
}

function bareOf(bare: readonly Bare[], { rate, pack }: Scenario): Bare {
  const found = bare.find((b) => b.rate === rate && b.pack === pack);
  if (found === undefined) throw new Error(`no bare consumer at ${rate}/s, ${pack} a message`);
  return found;
}

function tableOf(bare: readonly Bare[], decided: readonly Decided[]): string {
  const row = (what: string, ms: Quantiles): string[] => [
    what,
    String(ms.count),
    ...showQuantiles(ms),
  ];
  const rows = [
    ...bare.map((b) => row(`${nameOf(b)}: published to parsed, bare consumer`, b.parser.latencyMs)),
    ...decided.flatMap((d) => [
      row(`${howOf(d)}: stored to decided, as the engine measures`, d.storedToDecidedMs),
      row(`${howOf(d)}: published to signal received`, d.listener.latencyMs),
    ]),
  ];
  return textTable(['ms', 'samples', 'p50', 'p99', 'p99.9', 'max'], rows);
}

function nameOf({ rate, pack }: Scenario): string {
  return `${rate}/s, ${pack} a message`;
}

function howOf(decided: Decided): string {
  return `${nameOf(decided)}, history ${decided.history ? 'on' : 'off'}`;
}

function verdictOn(decided: Decided): string {
  const ms = decided.listener.latencyMs.p99;
  const verdict = ms < TARGET_P99_MS ? 'met' : 'MISSED';
  const what = `target p99 < ${TARGET_P99_MS} ms from published to signal`;
  return `${what}, ${howOf(decided)}: ${show(ms)}, ${verdict}`;
}

/** What the figures stand on: the rate that was reached, and whether every signal came. */
function remarkOn(decided: Decided, { parser }: Bare): string {
  const { publisher, listener, engineCpuMicros } = decided;
  return (
    `${howOf(decided)}: published ${show(publisher.rate)}/s` +
    (publisher.behindMs > 5 ? `, at the end ${show(publisher.behindMs)} ms behind` : '') +
    `; ${listener.signals} of ${publisher.triggers} signals came; ` +
    `bare consumer p99 ${show(parser.latencyMs.p99)} ms, ` +
    `signal p99 ${show(listener.latencyMs.p99 / parser.latencyMs.p99)} times that; ` +
    `CPU an event: engine ${show(engineCpuMicros)} µs, bare consumer ${show(parser.cpuMicros)} µs`
  );
}
