// The head-line figures, each with its unit and what it means.
import { useId } from 'preact/hooks';
import type { LevelCoverage, Overview } from '../protocol.js';
import { count, duration, milliseconds, percent, percentage, unknown } from './format.js';
import { overview } from './store.js';

type Tone = 'plain' | 'good' | 'warning' | 'critical';

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly note: string;
  readonly tone: Tone;
  readonly meaning: string;
}

export function Headline() {
  const now = overview.value;
  return (
    <section class="headline" aria-label="Head-line figures">
      {figures(now).map((figure) => (
        <FigureCell key={figure.label} {...figure} />
      ))}
    </section>
  );
}

function FigureCell({ label, value, unit, note, tone, meaning }: Figure) {
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation must be reachable by keyboard
    <div class="figure" tabIndex={0} role="group" aria-label={label} aria-describedby={id}>
      <span class="figure-label">{label}</span>
      <span class="figure-value">
        {value}
        {value !== unknown && unit !== '' && <small> {unit}</small>}
      </span>
      <span class={`figure-note ${tone}`}>{note}</span>
      <span class="tooltip" role="tooltip" id={id}>
        {meaning}
      </span>
    </div>
  );
}

function figures(now: Overview | null): readonly Figure[] {
  return [...flowFigures(now), ...workFigures(now), ...qualityFigures(now)];
}

function flowFigures(now: Overview | null): readonly Figure[] {
  const refused = now?.refusedTotal ?? 0;
  const lagging = (now?.lagSeconds ?? 0) >= 5;
  return [
    {
      label: 'Events',
      value: count(now?.eventsPerSecond ?? null),
      unit: '/s',
      note: now === null ? '' : `${count(now.eventsTotal)} in all`,
      tone: 'plain',
      meaning: `Events applied a second, now, and since the start. Refused so far: ${count(refused)}.`,
    },
    {
      label: 'Latency p50',
      value: milliseconds(now?.latencyP50Ms ?? null),
      unit: '',
      note: now === null ? '' : `p99 ${milliseconds(now.latencyP99Ms)}`,
      tone: 'plain',
      meaning:
        'From an event stored by the broker to decided, over the last minute: half of the ' +
        'events were faster than p50, 99 % faster than p99.',
    },
    {
      label: 'Lag',
      value: count(now?.lagEvents ?? null),
      unit: now?.lagEvents === 1 ? 'event' : 'events',
      note: now === null ? '' : `${duration(now.lagSeconds * 1000)} behind`,
      tone: lagging ? 'warning' : 'plain',
      meaning: 'Events that the broker holds and the engine has not applied yet, and their age.',
    },
  ];
}

function workFigures(now: Overview | null): readonly Figure[] {
  const critical = now?.criticalAlerts ?? 0;
  return [
    {
      label: 'Open signals',
      value: count(now?.openSignals ?? null),
      unit: '',
      note: now === null ? '' : `${count(now.signalsTotal)} in all`,
      tone: 'plain',
      meaning: 'Reorders, transfers and the like that wait for a purchase order, stock or demand.',
    },
    {
      label: 'Open alerts',
      value: count(now?.openAlerts ?? null),
      unit: '',
      note: now === null ? '' : critical === 0 ? 'none critical' : `${count(critical)} critical`,
      tone: critical > 0 ? 'critical' : 'plain',
      meaning: 'Alerts raised and not cleared: stockouts, late supply and others.',
    },
  ];
}

function qualityFigures(now: Overview | null): readonly Figure[] {
  return [
    {
      label: 'Fill rate',
      value: percent(now?.fillRate ?? null),
      unit: '',
      note: now === null ? '' : 'from the shelf',
      tone: 'plain',
      meaning: 'Share of recent demand that could be allocated from the shelf at once.',
    },
    coverageFigure(now?.coverage ?? []),
    {
      label: 'Forecast error',
      value: percent(now?.wape ?? null),
      unit: '',
      note: 'WAPE',
      tone: 'plain',
      meaning:
        'Weighted absolute percentage error: the sum of absolute errors over the sum of demand, ' +
        'all SKUs. Less is better.',
    },
  ];
}

/** Points that a level may be off before it is said. */
const MOST_OFF = 0.05;

function coverageFigure(levels: readonly LevelCoverage[]): Figure {
  const of = (level: number) => levels.find((one) => one.level === level)?.share ?? null;
  const isOff = levels.some(
    ({ level, recent }) => recent !== null && Math.abs(recent - level) > MOST_OFF,
  );
  const wide = [0.95, 0.99].map((level) => `${100 * level}: ${percentage(of(level))}`);
  const told = levels.map(({ level, share, recent }) => {
    return `${100 * level} %: ${percentage(share)} (${percentage(recent)}). `;
  });
  return {
    label: 'Forecast coverage',
    value: percent(of(0.8)),
    unit: '',
    note: of(0.8) === null ? 'aim 80 %' : `aim 80 · ${wide.join(' · ')}`,
    tone: isOff ? 'warning' : 'plain',
    meaning:
      'Share of demand that came inside the interval forecast before, so far and (of late). ' +
      `${told.join('')}Below its level an interval is too narrow, above it too wide.`,
  };
}
