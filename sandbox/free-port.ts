import { createServer } from 'node:net';

/**
 * A port on loopback that nobody listens on at the moment: the preferred one when it is free, else one that the system
 * picks. It is not reserved, so a server that fails to bind it should ask again.
 */
export async function freePort(preferred = 0): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? Promise.reject(new Error('no free port on loopback'));
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(undefined);
    });
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      const taken = typeof address === 'object' && address !== null ? address.port : undefined;
      probe.close(() => {
        resolve(taken);
      });
    });
  });
}
