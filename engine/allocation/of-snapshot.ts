// An allocation of the newest snapshot: a moment of all needs, taken between two batches.
import type { Settings } from '../../config/settings.js';
import { findSnapshot, loadedCore, snapshotsDir } from '../snapshot-folder.js';
import { allocate } from './allocation.js';
import { type AllocationReport, questionOf, reportOf } from './report.js';
import { loadSolver } from './solver.js';

/** @throws Error when there is no snapshot, it does not load, or no answer is found in time */
export async function reportOfSnapshot(settings: Settings): Promise<AllocationReport> {
  const found = await findSnapshot(settings, undefined);
  if (found === null) {
    throw new Error(
      `no snapshot in ${snapshotsDir(settings)} yet: one comes each snapshot.interval`,
    );
  }
  const { core } = loadedCore(settings, found.snapshot, found.name);
  const question = questionOf(core);
  const timeMs = settings.allocation.timeLimit;
  return reportOf(question, allocate(question.problem, await loadSolver(), { timeMs }));
}
