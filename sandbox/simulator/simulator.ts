import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE_MS } from '../../model/time.js';
import { parseJsonObject } from '../../model/json.js';
import { CONTROL_PATH, control } from './control.js';
import { Faults, type Fault } from './faults.js';
import { clientIdIn, TOKEN_PATH } from './oauth.js';
import { tokenOf } from './log-endpoint.js';
import { rateLimitHeaders } from './rate-limit.js';
import { answerOf, send, truncated } from './reply.js';
import { RequestLog, type LoggedRequest } from './request-log.js';
import { RunningTenant } from './running-tenant.js';
import { DEFAULT_SETTINGS, type SimulatorSettings } from './settings.js';
import { signedHeaders } from './signature.js';
import type { SimulatedTenant } from './tenant.js';
import { Vendor, type VendorCall } from './vendor.js';
import type { Simulator, SimulatorOptions } from './interface.js';

const MAX_REQUEST_BYTES = 1024 * 1024;

/**
 * Starts a simulated Mimecast. It checks signatures and tokens, pages, limits rates and refuses calls as the vendor does,
 * and injects the faults of `faults`. Other processes can control it over HTTP: see `control`.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, tenants = [], ...settings } = options;
  const simulator = new SimulatorServer({ ...DEFAULT_SETTINGS, ...settings });
  for (const tenant of tenants) simulator.addTenant(tenant);
  await simulator.listen(port);
  return simulator;
}

class SimulatorServer implements Simulator {
  url = '';
  settings: SimulatorSettings;
  readonly faults = new Faults();
  private readonly vendor = new Vendor();
  private readonly log = new RequestLog();
  private readonly server: Server;
  private readonly stopping = new AbortController();

  constructor(settings: SimulatorSettings) {
    this.settings = settings;
    this.server = createServer({ keepAliveTimeout: MINUTE_MS }, (request, response) => {
      this.handle(request, response).catch(() => request.socket.destroy());
    });
  }

  get tenants(): readonly RunningTenant[] {
    return this.vendor.tenants;
  }

  get requests(): readonly LoggedRequest[] {
    return this.log.entries;
  }

  configure(settings: Partial<SimulatorSettings>): void {
    this.settings = { ...this.settings, ...settings };
  }

  addTenant(tenant: SimulatedTenant): RunningTenant {
    const running = new RunningTenant(tenant);
    this.vendor.tenants.push(running);
    return running;
  }

  forgetRequests(): void {
    this.log.clear();
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Signatures and fault rules use the path without the query.
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const text = await read(request);
    const body = parseJsonObject(text);
    if (path.startsWith(CONTROL_PATH)) {
      control(this, request, response, body);
      return;
    }

    const accessKey = signedHeaders(request.headers)?.accessKey;
    const clientId = path === TOKEN_PATH ? clientIdIn(text) : this.vendor.bearerOf(request.headers)?.client.clientId;
    const token = body === undefined ? undefined : tokenOf(body, this.settings.tokenForm);
    const entry = this.log.begin({ path, headers: request.headers, accessKey, clientId, token });
    const hasToken = token !== undefined;
    const { faults, released } = this.faults.strike({
      path,
      hasToken,
      ...(accessKey === undefined ? {} : { accessKey }),
      ...(clientId === undefined ? {} : { clientId }),
    });

    await this.wait(faults);
    await released;
    if (faults.some(({ kind }) => kind === 'hang')) return;
    if (faults.some(({ kind }) => kind === 'reset')) {
      request.socket.resetAndDestroy();
      return;
    }
    entry.status = this.respond(request, response, { path, text, body }, faults);
  }

  private respond(
    request: IncomingMessage,
    response: ServerResponse,
    received: Pick<VendorCall, 'path' | 'text' | 'body'>,
    faults: readonly Fault[],
  ): number {
    const nowMs = Date.now();
    const method = request.method ?? 'GET';
    const repeatToken = faults.some(({ kind }) => kind === 'token-repeated');
    const { answer, rateLimit } = this.vendor.reply(
      { ...received, method, headers: request.headers, nowMs, repeatToken },
      this.settings,
    );
    const faulty = faults.map(answerOf).find((instead) => instead !== undefined) ?? answer;
    const sent = faults.some(({ kind }) => kind === 'truncated-json') ? truncated(faulty) : faulty;

    const skewMs = faults.find((fault) => fault.kind === 'date')?.skewMs ?? this.settings.clockSkewMs;
    const resetMs = faults.find((fault) => fault.kind === 'too-many-requests')?.resetMs;
    const rate = resetMs === undefined ? rateLimit : rateLimitHeaders(this.settings.rateLimit.calls, 0, resetMs);
    send(request, response, sent, { Date: new Date(nowMs + skewMs).toUTCString(), ...rate }, faults);
    return sent.status;
  }

  private async wait(faults: readonly Fault[]): Promise<void> {
    const delays = faults.map((fault) => (fault.kind === 'delay' ? fault.delayMs : 0));
    const waitMs = delays.reduce((sum, delayMs) => sum + delayMs, this.settings.latencyMs);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.stopping.signal });
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) throw new RangeError('request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
