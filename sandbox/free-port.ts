import getPort from 'get-port';

/**
 * Returns a port on loopback that is free now: the preferred one, or any when that is taken or was returned a few seconds ago.
 * Another process can take it before it is bound, so a server that fails to bind it should ask again.
 */
export const freePort = (preferred = 0): Promise<number> => getPort({ host: '127.0.0.1', port: preferred });
