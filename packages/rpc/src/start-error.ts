import { DatabaseUnavailable, FolderInUseError, MigrationError } from '@hotpath/database';

/** A reason not to start that its user can mend: printed as one line, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** What is printed of an error that ends a start: one line where its user can mend it, else its stack. */
export function wordsFor(error: unknown): string {
  const { message, stack } = error as Error;
  const types = [StartError, FolderInUseError, MigrationError, DatabaseUnavailable];
  return types.some((type) => error instanceof type) ? message : (stack ?? String(error));
}
