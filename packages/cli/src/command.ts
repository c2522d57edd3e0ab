import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** A command as its user sees it. */
export type CommandInit<O extends Options> = {
  /** How it is called: `npm run certs`. */
  readonly name: string;
  /** What --help prints. */
  readonly help: string | (() => string | Promise<string>);
  /** What it takes beside --help, as `parseArgs` of node:util has it. */
  readonly options?: O;
  /** Whether it takes words beside options. */
  readonly words?: boolean;
};

/** The values of options: undefined where one is not given and has no default. */
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

/** Thrown for what is asked for in the wrong way: exit 2 and where the help is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs a command line, with the manners that all of ours have: --help prints the help and exits 0; an option that it
 * has not, and a UsageError, are one line on standard error that says where the help is, and exit 2; any other error
 * is its message there and exit 1. Whoever reads the output may leave before its end.
 * @param work does what is asked for; it may set `process.exitCode`
 */
export async function command<const O extends Options>(
  { name, help, options, words = false }: CommandInit<O>,
  work: (values: Values<O>, words: readonly string[]) => unknown,
): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  try {
    const { values, positionals } = readArguments(options, words);
    if (!('help' in values && values.help)) return void (await work(values as Values<O>, positionals));
    process.stdout.write(typeof help === 'string' ? help : await help());
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const { message } = error as Error;
    process.stderr.write(`${message}${isUsage ? ` (${name} -- --help)` : ''}\n`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

function readArguments(options: Options | undefined, words: boolean) {
  try {
    return parseArgs({ options: { ...options, help: { type: 'boolean' } }, allowPositionals: words });
  } catch (error) {
    // What else it says is about words that begin with a dash: nobody meant one.
    throw new UsageError((error as Error).message.split('. To specify')[0]);
  }
}
