import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import writeFileAtomic from 'write-file-atomic';
import { believableTenant, type BelievableTenant } from './simulator/fixtures/believable-tenant.js';
import { randomKeys, type TenantKeys } from './simulator/tenant.js';

/** Persistent state of the demo tenant. Its keys are in a separate file, which `connect` reads. */
interface DemoState {
  readonly seed: number;
  /** ISO, UTC. Events start 60 days before it and continue to the current time. */
  readonly createdAt: string;
  /** Preferred at the next start, because connections store the simulator's address. */
  readonly simulatorPort?: number;
}

/** About 75 events a day, so that a first poll reads several pages. */
const EVENTS_IN_60_DAYS = 4_500;

/** About 300 a day. */
const CLICKS_IN_30_DAYS = 9_000;

export interface DemoTenant {
  readonly tenant: BelievableTenant;
  readonly state: DemoState;
  /** File with the four keys, readable by its owner only. */
  readonly keysFile: string;
}

const stateFile = (dataDir: string): string => join(dataDir, 'demo-tenant.json');
const keysFileIn = (dataDir: string): string => join(dataDir, 'demo-keys.env');

/** Names of the keys in a file or the environment. */
const KEY_NAMES = {
  applicationId: 'MIMECAST_APPLICATION_ID',
  applicationKey: 'MIMECAST_APPLICATION_KEY',
  accessKey: 'MIMECAST_ACCESS_KEY',
  secretKey: 'MIMECAST_SECRET_KEY',
} as const satisfies Record<keyof TenantKeys, string>;

/** Returns the demo tenant of a data folder: random at first, and the same from then on. */
export async function demoTenant(dataDir: string): Promise<DemoTenant> {
  const state = (await readState(dataDir)) ?? (await writeState(dataDir, newState()));
  const keysFile = keysFileIn(dataDir);
  const keys = (await readKeys(keysFile)) ?? (await saveDemoKeys(dataDir, randomKeys()));
  const to = new Date(state.createdAt);
  const tenant = believableTenant({
    seed: state.seed,
    events: EVENTS_IN_60_DAYS,
    clicks: CLICKS_IN_30_DAYS,
    to,
    ongoing: true,
    keys,
  });
  return { tenant, state, keysFile };
}

export async function rememberSimulatorPort(dataDir: string, state: DemoState, url: string): Promise<void> {
  await writeState(dataDir, { ...state, simulatorPort: Number(new URL(url).port) });
}

/** Stores the keys, so that keys that were rotated in the simulator are valid at the next start. */
export async function saveDemoKeys(dataDir: string, keys: TenantKeys): Promise<TenantKeys> {
  const lines = Object.entries(KEY_NAMES).map(([key, name]) => `${name}=${keys[key as keyof TenantKeys]}\n`);
  await writeFileAtomic(keysFileIn(dataDir), lines.join(''), { mode: 0o600 });
  return keys;
}

const newState = (): DemoState => ({
  seed: Math.floor(Math.random() * 1_000_000),
  createdAt: new Date().toISOString(),
});

async function readState(dataDir: string): Promise<DemoState | undefined> {
  const file = stateFile(dataDir);
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as DemoState;
  } catch (cause) {
    throw new Error(`${file} is damaged. Delete it: the simulated tenant then begins with another history.`, { cause });
  }
}

async function writeState(dataDir: string, state: DemoState): Promise<DemoState> {
  await writeFileAtomic(stateFile(dataDir), `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  return state;
}

async function readKeys(file: string): Promise<TenantKeys | undefined> {
  const text = (await readIfThere(file)) ?? '';
  const values = parseEnv(text);
  const value = (key: keyof TenantKeys): string => values[KEY_NAMES[key]] ?? '';
  const keys = {
    applicationId: value('applicationId'),
    applicationKey: value('applicationKey'),
    accessKey: value('accessKey'),
    secretKey: value('secretKey'),
  };
  return Object.values(keys).includes('') ? undefined : keys;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
