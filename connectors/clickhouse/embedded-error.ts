// Errors as ClickHouse's HTTP interface gives them: a status, a code and a text with its name.

export interface ServerError {
  readonly status: number;
  readonly code: number;
  /** `Code: N. DB::Exception: … (NAME) (version V)`, which clients take apart. */
  readonly text: string;
}

/** An error of the HTTP side: the engine never saw the request. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly code: number,
    readonly label: string,
    message: string,
    readonly status?: number,
  ) {
    super(`Code: ${code}. DB::Exception: ${message}. (${label})`);
  }
}

const UNKNOWN_EXCEPTION = 1002;

export function serverError(error: unknown, version: string): ServerError {
  const message = error instanceof Error ? error.message : String(error);
  const start = message.indexOf('Code: ');
  const code = Number(/Code: (\d+)\./.exec(message)?.[1] ?? UNKNOWN_EXCEPTION);
  const body =
    start === -1
      ? `Code: ${code}. DB::Exception: ${message}. (UNKNOWN_EXCEPTION)`
      : message.slice(start).trimEnd();
  const status = error instanceof RequestError ? error.status : undefined;
  return {
    status: status ?? statusOf(code),
    code,
    text: `${body} (version ${version} (embedded))\n`,
  };
}

/** The statuses that a server gives for the codes; all others are 500. */
const STATUS_CODES: readonly (readonly [number, readonly number[]])[] = [
  [400, [6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321]],
  [400, [376, 427, 441, 675, 676]],
  [401, [194]],
  [403, [192, 193, 497, 512, 516]],
  [404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511]],
  [408, [159]],
  [413, [229]],
  [501, [48]],
  [503, [76, 209, 439]],
];

const STATUS = new Map(
  STATUS_CODES.flatMap(([status, codes]) => codes.map((code) => [code, status] as const)),
);

function statusOf(code: number): number {
  return STATUS.get(code) ?? 500;
}
