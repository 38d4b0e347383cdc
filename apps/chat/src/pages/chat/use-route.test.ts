import { describe, expect, it } from 'vitest';
import { parseRoute, type Route, routeToHash } from './use-route.ts';

describe('the address of a room', () => {
  it.each<[Route]>([
    [{ room: undefined, panel: undefined }],
    [{ room: 'CH1', panel: undefined }],
    [{ room: 'a/b #?', panel: 'wire' }],
  ])('%j leads back to itself', (route) => {
    expect(parseRoute(routeToHash(route))).toEqual(route);
  });

  it.each([['#/room/'], ['#/elsewhere/CH1'], ['#/room/%'], ['']])('%j leads to no room', (hash) => {
    expect(parseRoute(hash).room).toBeUndefined();
  });

  it('does not know other panels', () => {
    expect(parseRoute('#/room/CH1/constructor')).toEqual({ room: 'CH1', panel: undefined });
  });
});
