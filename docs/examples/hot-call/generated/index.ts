// Written by "npm run generate" from docs/examples/hot-call/protos/*.proto: change that and run it again.

export * from './shipping.ts';
