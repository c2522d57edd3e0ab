export * from './generated/index.ts';
export { type Currency, currencies, decimalsOf, fromMinor, isCurrency, toMinor } from './money.ts';
export { type Segment, segments, toSegment } from './segments.ts';
export {
  create,
  decode,
  encode,
  type Init,
  type MessageType,
  type MethodDefinition,
  type ServiceDefinition,
} from './wire.ts';
