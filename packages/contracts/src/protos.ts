/** The folder of the .proto files, for what reads contracts at run time: reflection, generic clients, tools. */
export const protos = new URL('../../../protos/', import.meta.url);
