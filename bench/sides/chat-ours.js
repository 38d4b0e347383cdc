/** Sotto: rooms as apps use them, on a chat service in memory; and the same messages without a room, by the client. */

/**
 * @param {Pick<typeof import('@sotto/testing'), 'startWorld'> & Pick<typeof import('@sotto/chat'), 'createMemoryHub' | 'openRoom'>} from
 * @param {{ text: string, payload: Uint8Array, members: number, count: number }} options
 */
export async function createOurChat({ startWorld, createMemoryHub, openRoom }, { text, payload, members, count }) {
  const world = await startWorld();
  const hub = createMemoryHub();
  const users = [];
  while (users.length < members) users.push(await world.createUser(`member ${users.length}`));
  const [sender, reader] = [users[0], users.at(-1)];
  const join = (room, user) => hub.join(room, user.identity);
  for (const room of ['sending', 'reading']) for (const user of users) join(room, user);

  const sending = await openRoom({ transport: join('sending', sender), user: sender });
  const filled = await openRoom({ transport: join('reading', sender), user: sender });
  for (let index = 0; index < count; index++) await filled.send(text);
  await filled.close();

  /** A room that was not open before: nothing of it is in memory, and what was seen is on the device. */
  const openPage = async () => {
    const room = await openRoom({ transport: join('reading', reader), user: reader });
    const { items } = await room.messages({ limit: count });
    if (items.length !== count || items.some(({ verification }) => verification.state !== 'verified'))
      throw new Error('the page was not read');
    await room.close();
    return items;
  };

  const cards = await sender.findUsers(users.slice(1).map(({ identity }) => identity));
  const card = await reader.findUsers(sender.identity);
  const sealed = await Promise.all(Array.from({ length: count }, () => sender.authEncrypt(payload, cards)));
  return {
    send: () => sending.send(text),
    openPage,
    messages: () => sender.authEncrypt(payload, cards),
    openMessages: () => Promise.all(sealed.map((message) => reader.authDecrypt(message, card))),
    async close() {
      await sending.close();
      await world.close();
    },
  };
}
