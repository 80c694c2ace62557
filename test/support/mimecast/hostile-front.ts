import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A front of a simulator that answers in its place where a test says so. Signatures cover no host, so keys stay valid. */
export interface HostileFront {
  readonly url: string;
  /** Texts of answers by path; other paths are answered by the simulator. */
  readonly answers: Map<string, string>;
  stop(): Promise<void>;
}

export async function startHostileFront(simulatorUrl: string): Promise<HostileFront> {
  const answers = new Map<string, string>();
  const server = createServer((incoming, response) => {
    const text = answers.get(incoming.url ?? '');
    if (text === undefined) {
      forward(incoming, simulatorUrl).then(
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
        () => response.destroy(),
      );
      return;
    }
    incoming.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(incoming: IncomingMessage, simulatorUrl: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers, url = '/' } = incoming;
    incoming.pipe(request(new URL(url, simulatorUrl), { method, headers }, resolve).on('error', reject));
  });
}
