/**
 * What the service counts, in a registry of its own: two services in one process count apart. Labels are routes, codes and
 * outcomes, of which there are few; never an identity, an application, an address or a token.
 */

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { SERVICE_ERRORS, type ServiceErrorName } from '@sotto/contract';
import type { BrainKeyComputer } from './domain/brain-key.ts';
import { RATE_KINDS, type RateKind } from './domain/request-rates.ts';
import type { Clock } from './routes/env.ts';
import type { PoolUse, StoreEvents, TransactionOutcome } from './store/observe.ts';
import { VERSION } from './version.ts';

export interface FinishedRequest {
  /** The pattern of the path. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

/** Over all connections, since the service began. */
export interface Traffic {
  readonly connections: number;
  /** Since there were as many as may be. */
  readonly connectionsRefused: number;
  readonly requestsInFlight: number;
  /** As they are on the wire, but for the work of TLS. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

export interface Metrics {
  readonly storeEvents: StoreEvents;
  countRequest(request: FinishedRequest): void;
  readonly countRefusal: (name: ServiceErrorName) => void;
  readonly countRateRefusal: (kind: RateKind) => void;
  /** The same computer, whose jobs are counted. */
  watchBrainKeys(computer: BrainKeyComputer): BrainKeyComputer;
  /** From now on says what is connected. */
  watchTraffic(readTraffic: () => Traffic): void;
  setCertificateEnd(milliseconds: number): void;
  /** In the text format of Prometheus. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** A get of a card takes a millisecond, a publish two; the last are those that clients do not wait for. */
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const TRANSACTION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** Others count together: a client can send any that Node knows. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);

const TRANSACTION_OUTCOMES: readonly TransactionOutcome[] = ['committed', 'undone', 'retried', 'failed'];

export interface MetricsOptions {
  readonly clock: Clock;
  /** Memory, event loop and the like, which belong to the process as a whole. They are watched until it ends. */
  readonly ofProcess: boolean;
}

export function createMetrics({ clock, ofProcess }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (ofProcess) collectDefaultMetrics({ register: registry });
  describeBuild(registry, clock);
  const requests = new Counter({
    name: 'sotto_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'sotto_request_seconds',
    help: 'From the headers of a request to its answer.',
    labelNames: ['route', 'method'],
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const refusals = new Counter({
    name: 'sotto_refusals_total',
    help: 'Refusals by the name of the error, see docs/reference/errors.md.',
    labelNames: ['error'],
    registers,
  });
  const rateRefusals = new Counter({
    name: 'sotto_rate_refusals_total',
    help: 'Requests refused since there were too many, by what there were too many of.',
    labelNames: ['kind'],
    registers,
  });
  const certificateEnd = new Gauge({
    name: 'sotto_tls_certificate_end_seconds',
    help: 'When the certificate ends, seconds since 1970; 0 without TLS.',
    registers,
  });
  // From zero on, or the first of a kind would be no increase that an alert can see.
  for (const kind of RATE_KINDS) rateRefusals.inc({ kind }, 0);
  for (const error of Object.keys(SERVICE_ERRORS)) refusals.inc({ error }, 0);
  return {
    storeEvents: countTransactions(registry),
    countRequest({ route, method, status, seconds }) {
      const labels = { route, method: METHODS.has(method) ? method : 'other' };
      requests.inc({ ...labels, status });
      requestSeconds.observe(labels, seconds);
    },
    countRefusal: (error) => refusals.inc({ error }),
    countRateRefusal: (kind) => rateRefusals.inc({ kind }),
    watchBrainKeys: createBrainKeyWatch(registry),
    watchTraffic: createTrafficWatch(registry),
    setCertificateEnd: (milliseconds) => certificateEnd.set(milliseconds / 1000),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function describeBuild(registry: Registry, clock: Clock): void {
  new Gauge({
    name: 'sotto_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  }).set({ version: VERSION, node_version: process.versions.node }, 1);
  new Gauge({
    name: 'sotto_time_seconds',
    help: 'The clock of this node. One that is wrong takes tokens that are over, or refuses good ones.',
    registers: [registry],
    collect() {
      this.set(clock() / 1000);
    },
  });
}

function countTransactions(registry: Registry): StoreEvents {
  const seconds = new Histogram({
    name: 'sotto_transaction_seconds',
    help: 'Transactions by how they ended: committed, undone by a rule, retried after a conflict, failed.',
    labelNames: ['outcome'],
    buckets: TRANSACTION_BUCKETS,
    registers: [registry],
  });
  let readPool: (() => PoolUse) | undefined;
  new Gauge({
    name: 'sotto_pool_connections',
    help: 'Connections to PostgreSQL, and requests that wait for one; 0 with SQLite.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { open, idle, waiting } = readPool?.() ?? { open: 0, idle: 0, waiting: 0 };
      this.set({ state: 'used' }, open - idle);
      this.set({ state: 'idle' }, idle);
      this.set({ state: 'waiting' }, waiting);
    },
  });
  for (const outcome of TRANSACTION_OUTCOMES) seconds.zero({ outcome });
  return {
    transaction: (outcome, milliseconds) => seconds.observe({ outcome }, milliseconds / 1000),
    pool: (readUse) => {
      readPool = readUse;
    },
  };
}

function createBrainKeyWatch(registry: Registry): Metrics['watchBrainKeys'] {
  const jobs = new Gauge({
    name: 'sotto_brain_key_jobs',
    help: 'Brain keys that are computed, or wait to be.',
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'sotto_brain_key_seconds',
    help: 'From the order of a brain key until it is there, waiting included.',
    buckets: REQUEST_BUCKETS,
    registers: [registry],
  });
  const time = async <T>(work: () => Promise<T>): Promise<T> => {
    jobs.inc();
    const end = seconds.startTimer();
    try {
      return await work();
    } finally {
      end();
      jobs.dec();
    }
  };
  return (computer) => ({
    hasRoom: () => computer.hasRoom(),
    transformPythia: (job) => time(() => computer.transformPythia(job)),
    hardenPoint: (job) => time(() => computer.hardenPoint(job)),
  });
}

function createTrafficWatch(registry: Registry): Metrics['watchTraffic'] {
  const registers = [registry];
  let readTraffic = (): Traffic => ({
    connections: 0,
    connectionsRefused: 0,
    requestsInFlight: 0,
    bytesRead: 0,
    bytesWritten: 0,
  });
  new Gauge({
    name: 'sotto_connections',
    help: 'Connections that are open.',
    registers,
    collect() {
      this.set(readTraffic().connections);
    },
  });
  new Counter({
    name: 'sotto_connections_refused_total',
    help: 'Connections that were closed at once, since there were as many as may be.',
    registers,
    collect() {
      this.reset();
      this.inc(readTraffic().connectionsRefused);
    },
  });
  new Gauge({
    name: 'sotto_requests_in_flight',
    help: 'Requests that are not answered yet, the one for these metrics among them.',
    registers,
    collect() {
      this.set(readTraffic().requestsInFlight);
    },
  });
  new Counter({
    name: 'sotto_network_bytes_total',
    help: 'Bytes over all connections.',
    labelNames: ['direction'],
    registers,
    collect() {
      const { bytesRead, bytesWritten } = readTraffic();
      this.reset();
      this.inc({ direction: 'in' }, bytesRead);
      this.inc({ direction: 'out' }, bytesWritten);
    },
  });
  return (read) => {
    readTraffic = read;
  };
}
