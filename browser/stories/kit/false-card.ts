/** A service that lies: it has a false card for a user, for a key that nobody of us knows, which its own key signed as any other. */
import { generateKeyPair, issueCard, linkCards, parseCard, type RawCard, SIGNER, signCard } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { openSecrets } from '@sotto/service';
import { changeJson, type Meddle, type World } from '@sotto/testing';

const SEARCH = '/card/v5/actions/search';

/** Searches for `identity` find one card more, in place of the true one. */
export async function swapCard({ dataDir }: World, identity: string): Promise<Meddle> {
  const { serviceKey } = await openSecrets({ dataDir });
  const { privateKey } = await generateKeyPair(nodeProvider);
  let falseCard: Promise<RawCard> | undefined;
  const forge = async (cards: readonly RawCard[]): Promise<RawCard> => {
    const current = linkCards(cards.map(parseCard)).find((card) => card.identity === identity);
    const createdAt = Math.floor(Date.now() / 1000);
    const card = await issueCard(nodeProvider, { identity, privateKey, createdAt, previousCardId: current?.id });
    return signCard(nodeProvider, card, { signer: SIGNER.service, privateKey: serviceKey.privateKey });
  };
  return async (request, forward) => {
    const answer = await forward();
    if (request.path !== SEARCH || request.method !== 'POST') return answer;
    const { identities } = JSON.parse(request.body) as { identities: readonly string[] };
    if (!identities.includes(identity)) return answer;
    falseCard ??= forge(JSON.parse(answer.body) as RawCard[]);
    const added = await falseCard;
    return changeJson<RawCard[]>(answer, (cards) => [...cards, added]);
  };
}
