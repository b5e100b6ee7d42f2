// Wake-ups between the instances of one registry through Redis. Nothing depends on them: who misses one looks by itself soon.

import { randomUUID } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { describeRedis, type RedisAddress } from './address.ts';

/** What there may be news of. */
export type Topic = 'events' | 'metrics';
const TOPICS: readonly Topic[] = ['events', 'metrics'];

export interface WakeUpOptions {
  readonly address: RedisAddress;
  /** What names the registry: others on the same Redis are not woken. */
  readonly registry: string;
  readonly log: Logger;
  /** Another instance has news, or some may have been missed. */
  readonly onWake: (topic: Topic) => void;
}

/** Between two tries to connect, milliseconds. */
const RETRY_MS = 500;
const CONNECT_TIMEOUT_MS = 2_000;
/** How long Redis may take to answer before its connection counts as lost, and how often a quiet one is asked. */
const ANSWER_LIMIT_MS = 3_000;
const HEARTBEAT_MS = 5_000;
/** What ioredis says of a command without an answer; its own `socketTimeout` may hit the connection after the lost one. */
const TIMED_OUT = 'Command timed out';

export class RedisWakeUps {
  /** One that listens may do nothing else, so there are two connections. */
  private readonly sender: Redis;
  private readonly listener: Redis;
  /** Those that do what they are for. */
  private readonly working = new Set<Redis>();
  private readonly channel: string;
  private readonly heartbeat: NodeJS.Timeout;
  /** Tells the messages of this instance from those of others. */
  private readonly instance = randomUUID();
  /** What is to be said once the message under way has been taken. */
  private readonly unsent = new Set<Topic>();
  private isSending = false;
  /** Since when not both connections work, once that was told. */
  private goneSince: number | undefined;
  private isClosed = false;

  /** Connects in the background, and again whenever a connection is lost. */
  constructor(private readonly options: WakeUpOptions) {
    this.channel = `modelgraph:${options.registry}`;
    this.sender = this.connect(() => this.works(this.sender));
    this.listener = this.connect(() => void this.listen());
    this.listener.on('message', (_channel: string, message: string) => this.hear(message));
    // A connection whose other end is gone without a word shows only when something is asked.
    this.heartbeat = setInterval(() => {
      for (const connection of this.working) connection.ping().catch((error: Error) => renew(connection, error));
    }, HEARTBEAT_MS).unref();
  }

  /** Says that there is news. Returns at once; what is said while Redis takes a message goes in one after it. */
  send(topic: Topic): void {
    if (this.sender.status !== 'ready' || this.isClosed) return;
    this.unsent.add(topic);
    if (!this.isSending) void this.sendAll();
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.heartbeat);
    for (const connection of [this.sender, this.listener]) connection.disconnect();
  }

  private connect(onReady: () => void): Redis {
    const connection = new Redis(settingsFor(this.options.address));
    connection.on('ready', onReady);
    // What comes of it, such as a command that could not be sent, says less.
    connection.on('error', (error: Error) => this.fails(connection, error));
    connection.on('close', () => this.fails(connection, new Error('the connection was closed')));
    connection.connect().catch(() => undefined);
    return connection;
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    try {
      while (this.unsent.size > 0) {
        const message = `${this.instance} ${[...this.unsent].join(' ')}`;
        this.unsent.clear();
        await this.sender.publish(this.channel, message);
        this.works(this.sender);
      }
    } catch (error) {
      this.unsent.clear();
      this.fails(this.sender, error as Error);
      renew(this.sender, error as Error);
    } finally {
      this.isSending = false;
    }
  }

  private async listen(): Promise<void> {
    try {
      await this.listener.subscribe(this.channel);
      this.works(this.listener);
      for (const topic of TOPICS) this.wake(topic);
    } catch (error) {
      this.fails(this.listener, error as Error);
      this.listener.disconnect(true);
    }
  }

  private hear(message: string): void {
    const [sender, ...topics] = message.split(' ');
    if (sender === this.instance) return;
    for (const topic of TOPICS) if (topics.includes(topic)) this.wake(topic);
  }

  private wake(topic: Topic): void {
    if (!this.isClosed) this.options.onWake(topic);
  }

  private works(connection: Redis): void {
    if (this.working.has(connection) || this.isClosed) return;
    this.working.add(connection);
    if (this.working.size < 2) return;
    const { log, address } = this.options;
    const goneMs = this.goneSince === undefined ? undefined : Math.round(performance.now() - this.goneSince);
    this.goneSince = undefined;
    log.info({ redis: describeRedis(address), goneMs }, 'wake-ups between instances go through Redis');
  }

  private fails(connection: Redis, error: Error): void {
    this.working.delete(connection);
    if (this.goneSince !== undefined || this.isClosed) return;
    this.goneSince = performance.now();
    const { log, address } = this.options;
    // Not the error itself, which carries the command along: that may be the one with the password.
    const reason = (error as NodeJS.ErrnoException).code ?? error.message;
    log.warn(
      { redis: describeRedis(address), reason },
      'no wake-ups through Redis; following by polling until it is back',
    );
  }
}

/** One on which nothing is answered any more is given up for another. */
function renew(connection: Redis, { message }: Error): void {
  if (message === TIMED_OUT) connection.disconnect(true);
}

/** Nothing is kept for later: a wake-up that cannot be sent now is worth nothing afterwards. */
function settingsFor({ host, port, user, password, isEncrypted }: RedisAddress): RedisOptions {
  return {
    host,
    port,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...(isEncrypted && { tls: {} }),
    connectionName: 'modelgraph',
    disableClientInfo: true,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: ANSWER_LIMIT_MS,
    retryStrategy: () => RETRY_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    // Messages pass while Redis still loads its data.
    enableReadyCheck: false,
  };
}
