import fc from 'fast-check';
import { Hono } from 'hono';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createAddressReader, createProxyList } from './client-address.ts';
import type { Env } from './env.ts';

async function addressOf({
  peer,
  forwarded,
  proxies = [],
}: {
  peer: string;
  forwarded?: string;
  proxies?: readonly string[];
}): Promise<string> {
  const read = createAddressReader({ trustedProxies: proxies, logger: pino({ level: 'silent' }) });
  const app = new Hono<Env>();
  app.get('/', (c) => c.text(read(c) ?? 'none'));
  const headers = forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded };
  const response = await app.request('/', { headers }, { incoming: { socket: { remoteAddress: peer } } });
  return response.text();
}

describe('without trusted proxies', () => {
  test('a client is who is on the other end, whatever it says of others', async () => {
    expect(await addressOf({ peer: '192.0.2.1' })).toBe('192.0.2.1');
    expect(await addressOf({ peer: '192.0.2.1', forwarded: '198.51.100.7' })).toBe('192.0.2.1');
  });

  test('an IPv4 address is itself, also where a socket for both families has it', async () => {
    expect(await addressOf({ peer: '::ffff:192.0.2.1' })).toBe('192.0.2.1');
  });

  test.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:0001:2::', '2001:db8:1:2'],
    ['2001:db8:1::6', '2001:db8:1:0'],
    ['2001:db8::', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['1::2:3:4:5:6:7', '1:0:2:3'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4'],
  ])('an IPv6 address counts by its first 64 bits: %s', async (peer, group) => {
    expect(await addressOf({ peer })).toBe(group);
  });
});

describe('behind trusted proxies', () => {
  const proxies = ['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.99'];

  test.each([
    ['the one before the proxy', '10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['the last that is no proxy', '10.1.2.3', '203.0.113.1, 198.51.100.7, 10.9.9.9', '198.51.100.7'],
    ['not what the client has made up', '10.1.2.3', '203.0.113.1,198.51.100.7', '198.51.100.7'],
    ['the first, where all are proxies', '10.1.2.3', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
    ['by its first 64 bits', '2001:db8:ffff::9', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['also with a port', '192.0.2.99', '198.51.100.7:4711', '198.51.100.7'],
    ['also in brackets', '192.0.2.99', '[2001:db8:1:2::3]:4711', '2001:db8:1:2'],
    ['also in the form of the other family', '::ffff:10.1.2.3', '::ffff:198.51.100.7', '198.51.100.7'],
    ['the last that is known, where a hop hides', '10.1.2.3', '198.51.100.7, unknown, 10.0.0.1', '10.0.0.1'],
    ['the proxy, where it says nothing', '10.1.2.3', '', '10.1.2.3'],
    ['who asks, where that is no proxy', '192.0.2.98', '198.51.100.7', '192.0.2.98'],
  ])('a client is %s', async (_, peer, forwarded, client) => {
    expect(await addressOf({ peer, forwarded, proxies })).toBe(client);
  });

  test('no header makes it fail, or counts under anything but an address', async () => {
    const hop = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constantFrom('10.0.0.1', '[', ':::', '1.2.3.4:', '%'));
    await fc.assert(
      fc.asyncProperty(fc.array(hop, { maxLength: 20 }), async (hops) => {
        const forwarded = hops.join(', ').replace(/[^\x20-\x7e]/g, '');
        expect(await addressOf({ peer: '10.1.2.3', forwarded, proxies })).toMatch(
          /^(\d+\.\d+\.\d+\.\d+|([0-9a-f]{1,4}:){3}[0-9a-f]{1,4})$/,
        );
      }),
    );
  });
});

test.each([
  'localhost',
  '10.0.0.0/33',
  '10.0.0/8',
  '10.0.0.0/8/8',
  '10.0.0.0/',
  '::/129',
  '',
  '10.0.0.0/-1',
  '1.2.3.4 ',
])('is no address or network of a proxy: %j', (entry) => {
  expect(() => createProxyList(['192.0.2.1', entry])).toThrow(RangeError);
});
