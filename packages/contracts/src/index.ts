export {
  create,
  decode,
  encode,
  type Init,
  type MessageType,
  type MethodDefinition,
  type ServiceDefinition,
} from './codec.ts';
export * from './generated/index.ts';
export { type Currency, currencies, decimalsOf, fromMinor, isCurrency, toMinor } from './money.ts';
export { type Segment, segments, toSegment } from './segments.ts';
