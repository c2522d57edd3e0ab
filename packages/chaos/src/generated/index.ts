// Written by "npm run generate" from packages/chaos/protos/*.proto: change that and run it again.

export * from './chain.ts';
