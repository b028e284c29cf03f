// Writes the pictures of a backtest into a folder.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backtest } from '../backtest.js';
import { coveragePlot } from './coverage-plot.js';
import { fanPlot } from './fan-plot.js';

/** Points of a line of coverage over time. */
const STRETCHES = 32;
const LONGEST_NAME = 60;

/** @returns paths of what was written; pictures of an earlier run under other names stay */
export async function writePlots(dir: string, backtest: Backtest): Promise<string[]> {
  await mkdir(dir, { recursive: true });
  const written: string[] = [];
  for (const [name, svg] of pictures(backtest)) {
    if (svg === '') continue;
    const path = join(dir, `${name}.svg`);
    await writeFile(path, svg);
    written.push(path);
  }
  return written;
}

function* pictures({ recording, run }: Backtest): Generator<readonly [string, string]> {
  for (const fan of run.fans) {
    yield [
      `fan-${fan.pattern}-${fileName(recording.series[fan.row] as string)}`,
      fanPlot(fan, recording),
    ];
  }
  const { scores, contenders } = run.judge;
  const shown = Math.max(
    0,
    contenders.findIndex(({ name }) => name === 'ensemble'),
  );
  const contender = contenders[shown]?.name;
  if (contender === undefined) return;
  const stretches = scores[shown]?.course.stretches(STRETCHES) ?? [];
  yield ['coverage', coveragePlot({ contender, bucket: recording.bucket, stretches })];
}

/** Of any series: letters, digits, dot, dash; the rest as _ with its code, so that none collide. */
function fileName(series: string): string {
  const safe = series.replace(
    /[^\p{L}\p{N}.-]/gu,
    (char) => `_${char.codePointAt(0)?.toString(16)}_`,
  );
  return safe.slice(0, LONGEST_NAME);
}
