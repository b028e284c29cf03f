// What the set-up tells a person, and the error that is a message rather than a stack.

/** One line on stderr: stdout belongs to the results of what is started afterwards. */
export function say(line) {
  process.stderr.write(`stockpulse: ${line}\n`);
}

/** Something outside is missing or refused; its message says what, where, and what to do. */
export class SetupError extends Error {
  /** @param {string} message @param {string} [output] everything the failed command printed */
  constructor(message, output = '') {
    super(message);
    this.name = 'SetupError';
    this.output = output;
  }
}
