import { createServer } from 'node:net';
import getPort from 'get-port';

const HOST = '127.0.0.1';

/**
 * Returns a port on loopback that is free now: the preferred one, or any when that is taken. A server that is restarted gets
 * its port again. Another process can take it before it is bound, so a server that fails to bind it should ask again.
 */
export const freePort = async (preferred = 0): Promise<number> =>
  preferred !== 0 && (await isFree(preferred)) ? preferred : await getPort({ host: HOST });

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, HOST, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
