import { expect, it } from 'vitest';
import { checkDemoHost } from './demo-host.ts';

it('lets the sample backend listen on loopback', () => {
  for (const host of ['127.0.0.1', '127.0.1.1', 'localhost', '::1']) {
    expect(() => checkDemoHost(host, { insecureDemoLogin: false })).not.toThrow();
  }
});

it('refuses addresses that others can reach, unless it is meant', () => {
  for (const host of ['0.0.0.0', '::', '', '192.168.0.10', 'localhost.example.com', '127.0.0.1.example.com']) {
    expect(() => checkDemoHost(host, { insecureDemoLogin: false })).toThrow(
      expect.objectContaining({ code: 'auth/insecure-host' }),
    );
    expect(() => checkDemoHost(host, { insecureDemoLogin: true })).not.toThrow();
  }
});
