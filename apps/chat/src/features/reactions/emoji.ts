/** The reactions that the picker offers. Others that come in are shown all the same. */
export const REACTIONS: readonly { readonly emoji: string; readonly name: string }[] = [
  { emoji: '👍', name: 'Thumbs up' },
  { emoji: '❤️', name: 'Heart' },
  { emoji: '😂', name: 'Laughing' },
  { emoji: '😮', name: 'Surprised' },
  { emoji: '😢', name: 'Sad' },
  { emoji: '🙏', name: 'Thank you' },
  { emoji: '🎉', name: 'Celebration' },
  { emoji: '👀', name: 'Looking' },
];

export function nameEmoji(emoji: string): string {
  return REACTIONS.find((known) => known.emoji === emoji)?.name ?? emoji;
}
