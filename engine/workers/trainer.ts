// Training in a thread of its own.
import type { Trained, TrainerAnswer, TrainingTask } from './trainer-protocol.js';
import { workOn } from './work.js';

/**
 * Takes the windows away from the caller. An abort of `signal` ends it at once.
 * @throws Error when it cannot train, or was ended
 */
export async function train(task: TrainingTask, signal?: AbortSignal): Promise<Trained> {
  const { units, marks, lengths, scalesBefore, countsBefore } = task.windows;
  const transfer = [units, marks, lengths, scalesBefore, countsBefore].map((a) => a.buffer);
  return (await workOn<TrainerAnswer>({ main: 'trainer-main', task, transfer }, signal)).trained;
}
