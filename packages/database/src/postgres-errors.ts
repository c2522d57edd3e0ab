import pg from 'pg';
import { DatabaseUnavailable, SqlError } from './errors.ts';

/**
 * SQLSTATEs after which a connection is of no use: 08 its own trouble, 57P a shutdown, 25P03 and 57P05 its idling,
 * 25006 a server that only reads, as one does from which a standby took over.
 */
const connectionEnded = /^(08...|57P0[1-5]|25P03|25006)$/;

/**
 * Says what went wrong with a statement. The server's answer never holds the parameters as such; mistakes of this
 * code, as a value that cannot be sent, stay as they are.
 * @param server where it is, for people
 */
export function toDatabaseError(error: unknown, server: string): Error {
  if (error instanceof pg.DatabaseError && !connectionEnded.test(error.code ?? '')) {
    const { code, constraint, detail, position } = error;
    return new SqlError(error.message, {
      code: code ?? 'XX000',
      constraint,
      detail,
      position: position ? Number(position) : undefined,
    });
  }
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return error;
  return unavailable(error, server);
}

/** Says that there is no connection, whatever the reason. */
export function unavailable(error: unknown, server: string): DatabaseUnavailable {
  const { message, code } = error as NodeJS.ErrnoException;
  return new DatabaseUnavailable(`The database ${server} cannot be reached: ${message || code}.`);
}
