/**
 * Where a request came from, as rates count it: an IPv4 address, or the first 64 bits of an IPv6 address, of which one
 * client has all that follow. `X-Forwarded-For` is believed from trusted proxies alone; anybody can send one.
 */

import { BlockList, isIP, isIPv4 } from 'node:net';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { Env } from './env.ts';

/** Tells whether an address is that of a proxy in front of the service. */
export type IsTrustedProxy = (address: string) => boolean;

/** The address of who asks, undefined where there is no connection. */
export type ReadClientAddress = (c: Context<Env>) => string | undefined;

/** @throws RangeError naming an entry that is neither an address nor a network */
export function createProxyList(entries: readonly string[]): IsTrustedProxy {
  if (entries.length === 0) return () => false;
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/');
    const family = familyOf(address);
    const isFit = family !== undefined && rest.length === 0 && (bits === undefined || isPrefix(bits, family));
    if (!isFit) throw new RangeError(entry);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const family = familyOf(address);
    return family !== undefined && list.check(address, family);
  };
}

export function createAddressReader({
  trustedProxies,
  logger,
}: {
  /** Addresses and networks, as `10.0.0.0/8` or `::1`. */
  readonly trustedProxies: readonly string[];
  readonly logger: Logger;
}): ReadClientAddress {
  const isTrustedProxy = createProxyList(trustedProxies);
  let isUnexpected = trustedProxies.length === 0;
  return (c) => {
    const peer = peerAddress(c);
    if (peer === undefined) return undefined;
    const forwarded = c.req.header(FORWARDED);
    if (forwarded !== undefined && isUnexpected) {
      isUnexpected = false;
      logger.warn('a request came through a proxy: set SOTTO_TRUSTED_PROXIES, or all its users count as one address');
    }
    return groupOf(findClient(peer, forwarded, isTrustedProxy));
  };
}

/** Who is on the other end of the connection: the client, or a proxy. */
export function peerAddress(c: Context<Env>): string | undefined {
  const address = c.env?.incoming?.socket.remoteAddress;
  return address === undefined ? undefined : plainAddress(address);
}

/** Whether a proxy has passed the request on, or wants it to look so. */
export function isForwarded(c: Context<Env>): boolean {
  return FORWARDING_HEADERS.some((name) => c.req.header(name) !== undefined);
}

export function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}

const FORWARDED = 'X-Forwarded-For';
const FORWARDING_HEADERS = [FORWARDED, 'Forwarded', 'X-Real-IP', 'Via'];

/** The last hop that is no proxy of ours: each of those has added whom it was called by, and what stands before may be made up. */
function findClient(peer: string, forwarded: string | undefined, isTrustedProxy: IsTrustedProxy): string {
  if (forwarded === undefined || !isTrustedProxy(peer)) return peer;
  let client = peer;
  for (const hop of forwarded.split(',').reverse()) {
    const address = plainAddress(hop.trim());
    if (isIP(address) === 0) return client;
    client = address;
    if (!isTrustedProxy(address)) return client;
  }
  return client;
}

/** Without what some proxies add: a port, brackets, the zone of a link, the form in which IPv6 holds an IPv4 address. */
function plainAddress(text: string): string {
  const address = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/** Its first four groups of 16 bits, and the address itself where it is IPv4. */
function groupOf(address: string): string {
  if (!address.includes(':')) return address;
  const [front = '', back] = address.split('::');
  const head = front === '' ? [] : front.split(':');
  const tail = back === undefined || back === '' ? [] : back.split(':');
  // An IPv4 address at the end stands for two groups.
  const length = head.length + tail.length + (address.includes('.') ? 1 : 0);
  const groups = [...head, ...Array<string>(back === undefined ? 0 : 8 - length).fill('0'), ...tail];
  return groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  return ([undefined, 'ipv4', 'ipv6'] as const)[isIP(address) === 0 ? 0 : isIPv4(address) ? 1 : 2];
}

function isPrefix(bits: string, family: 'ipv4' | 'ipv6'): boolean {
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 'ipv4' ? 32 : 128);
}
