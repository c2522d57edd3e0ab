export { type CommandInit, command, UsageError } from './command.ts';
