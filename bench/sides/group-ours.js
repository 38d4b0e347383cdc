/** Sotto: the `Group` of the client, of as many members, as apps use it. */

/**
 * @param {import('@sotto/testing').World} world
 * @param {{ data: Uint8Array, members: number }} options
 */
export async function createOurGroup(world, { data, members }) {
  const users = [];
  while (users.length < members) {
    const user = await world.createClient(`member ${users.length}`);
    await user.register();
    users.push(user);
  }
  const [sender, reader] = [users[0], users.at(-1)];
  const others = users.slice(1).map(({ identity }) => identity);
  const ofSender = await sender.createGroup('measured group', await sender.findUsers(others));
  const card = await reader.findUsers(sender.identity);
  const ofReader = await reader.loadGroup('measured group', card);
  const message = await ofSender.encrypt(data);
  return { encrypt: () => ofSender.encrypt(data), decrypt: () => ofReader.decrypt(message, card) };
}
