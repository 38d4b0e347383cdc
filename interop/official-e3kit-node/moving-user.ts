/** A user who has devices with the official client and with ours, and a friend who writes to them. */
import type { EThree } from '@sotto/e3kit';
import type { OfficialDevice } from './device.ts';
import type { Stage } from './stage.ts';

export interface MovingUser {
  readonly identity: string;
  /** Ours on a device without a key. */
  openOurs(): Promise<EThree>;
  /** The official one on such a device. */
  openOfficial(): Promise<OfficialDevice>;
  /** A message of the friend to the card that the user has now. */
  receive(text: string): Promise<string>;
  /** What the device reads in a message of the friend. */
  read(device: EThree | OfficialDevice, letter: string): Promise<string>;
  /** What the friend reads in a message of the device, and takes for the user's. */
  send(device: EThree | OfficialDevice, text: string): Promise<string>;
}

export function createMovingUser(
  { world, officials }: Stage,
  { identity, friend }: { readonly identity: string; readonly friend: EThree },
): MovingUser {
  const name = friend.identity;
  return {
    identity,
    openOurs: () => world.createClient(identity),
    openOfficial: () => officials.open(identity),
    receive: async (text) => friend.authEncrypt(text, await friend.findUsers(identity)),
    async read(device, letter) {
      if (isOurs(device)) return device.authDecrypt(letter, await device.findUsers(name));
      return device.authDecrypt(letter, name);
    },
    async send(device, text) {
      const letter = isOurs(device)
        ? device.authEncrypt(text, await device.findUsers(name))
        : device.authEncrypt(text, name);
      return friend.authDecrypt(await letter, await friend.findUsers(identity));
    },
  };
}

function isOurs(device: EThree | OfficialDevice): device is EThree {
  return 'keyStore' in device;
}
