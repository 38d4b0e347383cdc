/** A user who lives in the demo. Visitors can sign in under any name, and so under this one: whoever lives here takes it back at the next start. */
import { isSdkError } from '@sotto/core';
import type { EThree } from '@sotto/e3kit';
import { type DemoDevice, type DemoSurroundings, openDemoDevice } from '../demo-device.ts';

export async function openResident(identity: string, surroundings: DemoSurroundings): Promise<DemoDevice> {
  const device = await openDemoDevice(identity, surroundings);
  const { eThree } = device;
  if (!(await eThree.hasLocalPrivateKey())) await takeName(eThree);
  else if (await isReplaced(eThree)) {
    await eThree.cleanup();
    await eThree.rotatePrivateKey();
  }
  return device;
}

async function takeName(eThree: EThree): Promise<void> {
  try {
    await eThree.register();
  } catch (error) {
    if (!isSdkError(error, 'register/already-registered')) throw error;
    await eThree.rotatePrivateKey();
  }
}

/** Whether the key of this device is not that of the user's card any more. */
async function isReplaced(eThree: EThree): Promise<boolean> {
  const card = await eThree.findUsers(eThree.identity);
  try {
    await eThree.authDecrypt(await eThree.authEncrypt('', card), card);
    return false;
  } catch (error) {
    if (isSdkError(error, 'envelope/other-signer')) return true;
    throw error;
  }
}
