// What the benchmark's own code needs of Node and Node 20 lacks: plain JavaScript, since it is loaded before anything else.
Promise.withResolvers ??= function withResolvers() {
  const resolvers = {};
  resolvers.promise = new this((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
  return resolvers;
};
