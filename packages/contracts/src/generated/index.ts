// Written by "npm run generate" from protos/*.proto: change that and run it again.

export * from './common.ts';
export * from './inventory.ts';
export * from './pricing.ts';
export * from './user.ts';
