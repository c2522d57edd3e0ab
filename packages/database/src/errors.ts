/** What PostgreSQL says about a statement that it refused. */
interface SqlErrorFields {
  /** SQLSTATE, five characters (PostgreSQL manual, appendix A): '23505' is a unique violation. */
  readonly code: string;
  /** The constraint that was violated, where one was. */
  readonly constraint?: string | undefined;
  /** A second sentence with particulars; it may hold values of rows, so keep it from callers. */
  readonly detail?: string | undefined;
  /** Where in the statement's text, in characters from 1, where PostgreSQL can tell. */
  readonly position?: number | undefined;
}

/** The database refused a statement. Its message is for the log, not for callers: it may hold data. */
export class SqlError extends Error {
  override name = 'SqlError';
  readonly code: string;
  readonly constraint: string | undefined;
  readonly detail: string | undefined;
  readonly position: number | undefined;

  constructor(message: string, fields: SqlErrorFields) {
    super(message);
    this.code = fields.code;
    this.constraint = fields.constraint;
    this.detail = fields.detail;
    this.position = fields.position;
  }
}

/** The database is closed, or cannot be reached. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable';
}

/** So many wait for the database that no more are let in. */
export class DatabaseBusy extends Error {
  override name = 'DatabaseBusy';

  constructor(waiting: number) {
    super(`${waiting} statements wait for the database; try again later.`);
  }
}

/** Another process works on the data folder. */
export class FolderInUseError extends Error {
  override name = 'FolderInUseError';
  readonly folder: string;
  /** The process that holds the folder. */
  readonly pid: number;

  constructor(folder: string, pid: number, lock: string) {
    const holder = pid === process.pid ? 'this process' : `process ${pid}`;
    super(
      `The data folder ${folder} is in use by ${holder}. ` +
        `Stop it or choose another folder (if it is no Hotpath process, delete ${lock}).`,
    );
    this.folder = folder;
    this.pid = pid;
  }
}

/** The schema cannot be brought up to date: a migration is missing, was changed, or failed. */
export class MigrationError extends Error {
  override name = 'MigrationError';
  /** The file's name inside its folder. */
  readonly file: string;
  /** The line that PostgreSQL points at, from 1; undefined where it does not tell. */
  readonly line: number | undefined;

  constructor(file: string, line: number | undefined, reason: string, options?: ErrorOptions) {
    super(`Migration ${file}${line === undefined ? '' : `:${line}`}: ${reason}`, options);
    this.file = file;
    this.line = line;
  }
}

/** A request id was used before, for another request. Callers must take a new one. */
export class IdempotencyConflict extends Error {
  override name = 'IdempotencyConflict';

  constructor(requestId: string) {
    super(`The request id ${JSON.stringify(requestId)} was used before for another request; take a new one.`);
  }
}

/** A follower of a feed let more rows wait than its mailbox holds. */
export class SlowSubscriber extends Error {
  override name = 'SlowSubscriber';

  constructor(capacity: number) {
    super(`More than ${capacity} changes are waiting; go on after the last one received.`);
  }
}

/** A position that a feed never had, as after its database was replaced, or one from before it was trimmed. */
export class UnknownPosition extends Error {
  override name = 'UnknownPosition';

  constructor(table: string, position: bigint) {
    super(`The feed of ${table} cannot go on after position ${position}: begin with a snapshot.`);
  }
}
