import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, constants, createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificates.js';

/** A server in front of Temporal, as a company or a cloud runs one. */
export interface TemporalGateway {
  /** `localhost:port` */
  readonly address: string;
  /** Names of the methods that were called with credentials: `StartWorkflowExecution`. */
  readonly called: ReadonlySet<string>;
  stop(): Promise<void>;
}

export interface TemporalGatewayOptions {
  /** `host:port` of the Temporal behind it, without TLS. */
  readonly upstream: string;
  /** Certificate of the gateway. */
  readonly server: Certificate;
  /** Demands a certificate of this authority from clients: mutual TLS. */
  readonly clientAuthority?: string;
  /** Demands this API key in each call. */
  readonly apiKey?: string;
  /** Rejects other methods, as a namespace where an account has fewer permissions. */
  readonly permits?: (method: string) => boolean;
}

const GRPC = { ':status': 200, 'content-type': 'application/grpc' };
const UNAUTHENTICATED = { ...GRPC, 'grpc-status': '16', 'grpc-message': 'Request unauthorized.' };
const PERMISSION_DENIED = { ...GRPC, 'grpc-status': '7', 'grpc-message': 'Request unauthorized.' };

/** Starts a gateway that speaks TLS and passes calls on. */
export async function startTemporalGateway(options: TemporalGatewayOptions): Promise<TemporalGateway> {
  const { upstream, clientAuthority, apiKey, permits = () => true } = options;
  const called = new Set<string>();
  const temporal = connect(`http://${upstream}`);
  temporal.on('error', () => undefined);
  const server = createSecureServer({
    cert: await readFile(options.server.cert),
    key: await readFile(options.server.key),
    ...(clientAuthority !== undefined && {
      ca: await readFile(clientAuthority),
      requestCert: true,
      rejectUnauthorized: true,
    }),
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    const method = headers[':path']?.split('/').pop() ?? '';
    if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) {
      reject(stream, UNAUTHENTICATED);
      return;
    }
    called.add(method);
    if (permits(method)) passOn(stream, temporal.request(withoutAuthority(headers)));
    else reject(stream, PERMISSION_DENIED);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    called,
    async stop() {
      for (const session of sessions) session.destroy();
      temporal.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

function reject(stream: ServerHttp2Stream, headers: Readonly<Record<string, string | number>>): void {
  stream.on('error', () => undefined);
  stream.respond(headers, { endStream: true });
}

/** The gateway's own name is none of the server behind it. */
const withoutAuthority = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== ':authority'));

function passOn(stream: ServerHttp2Stream, call: ReturnType<ReturnType<typeof connect>['request']>): void {
  let trailers: IncomingHttpHeaders = {};
  call.on('trailers', (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  call.on('response', (headers, flags) => {
    if (stream.destroyed) return;
    const ended = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(headers, { endStream: ended, waitForTrailers: !ended });
    if (!ended) call.pipe(stream);
  });
  const cancel = (): void => {
    call.close();
  };
  stream.on('wantTrailers', () => {
    stream.sendTrailers(trailers);
  });
  stream.on('close', cancel);
  for (const half of [stream, call]) half.on('error', cancel);
  stream.pipe(call);
}
