// Written by "npm run generate" from tests/interop/protos/*.proto: change that and run it again.

export * from './empty.ts';
export * from './messages.ts';
export * from './test.ts';
