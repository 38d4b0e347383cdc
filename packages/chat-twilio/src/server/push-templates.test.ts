import { describe, expect, it } from 'vitest';
import { pushTemplates } from './push-templates.ts';

describe('push templates', () => {
  it('show nothing of the message unless told otherwise', () => {
    expect(JSON.stringify(pushTemplates())).not.toMatch(/MESSAGE|MEDIA/);
  });

  it('may name the conversation', () => {
    const templates = pushTemplates({ newMessage: 'News in ${CONVERSATION}', newMedia: 'A file' });
    expect(templates['newMessage.template']).toBe('News in ${CONVERSATION}');
    expect(templates['newMessage.withMedia.template']).toBe('A file');
  });

  it.each(['${MESSAGE}', '${PARTICIPANT}: ${ message }', '${MEDIA}', '${MEDIA_COUNT}'])('refuse %s', (text) => {
    const refusal = expect.objectContaining({ code: 'twilio/push-template' });
    expect(() => pushTemplates({ newMessage: text })).toThrow(refusal);
    expect(() => pushTemplates({ newMedia: text })).toThrow(refusal);
  });
});
