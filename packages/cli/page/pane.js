/** The pane of one person: state of the key, messages, and the box to write in. It knows nothing of encryption. */
/* global document */
import { createElement } from './elements.js';

/** Above an entry, in pixels. */
const GAP = 12;

export function createPane({ person, name, peerName }) {
  const section = document.getElementById(person);
  section.append(document.getElementById('pane').content.cloneNode(true));
  const find = (selector) => section.querySelector(selector);
  const [status, log, empty, form, fieldset, label, box] = [
    '.status',
    '.log',
    '.empty',
    'form',
    'fieldset',
    'label',
    'textarea',
  ].map(find);

  find('h2').textContent = name;
  find('h2').id = `${person}-name`;
  find('.identity').textContent = ' ';
  log.setAttribute('aria-label', `Messages of ${name}`);
  label.textContent = `Write to ${peerName}`;
  label.htmlFor = box.id = `${person}-text`;
  empty.textContent = 'Loading…';

  const add = (entry) => {
    empty.hidden = true;
    log.append(entry);
    // To the end, or to its first line where it is taller than the pane.
    log.scrollTop = entry.offsetTop - GAP;
  };
  const removeAll = (selector) => log.querySelectorAll(selector).forEach((entry) => entry.remove());

  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(find('button:not([data-tamper])'));
  });

  return {
    showIdentity(identity) {
      find('.identity').textContent = identity;
    },
    showLoading(text) {
      removeAll('.unopened');
      fieldset.disabled = true;
      status.textContent = text;
      empty.textContent = text;
      empty.hidden = false;
    },
    showReady(text) {
      fieldset.disabled = false;
      status.textContent = text;
      empty.textContent = 'No messages yet.';
    },
    showUnopened({ problem, retry }) {
      status.textContent = 'no key in use';
      add(createFailure('unopened', { title: `${name} cannot take part yet.`, problem, retry }));
    },
    addSent(text) {
      removeAll('.unsent');
      add(createEntry('sent', 'You', [createText(text)]));
    },
    addVerified({ text, wire, size }) {
      const note = createElement('p', { className: 'verdict' }, `verified: ${peerName} signed this`);
      add(createEntry('verified', peerName, [createText(text), note, createWireBlock(wire, size)]));
    },
    addRefused({ problem, change, wire, size }) {
      const parts = [
        createElement('p', { className: 'verdict' }, 'refused: nothing of it is shown'),
        createProblem(problem),
      ];
      if (change) parts.push(createElement('p', {}, `Changed on the way: ${change}.`));
      add(createEntry('refused', `Said to be from ${peerName}`, [...parts, createWireBlock(wire, size)]));
    },
    addUnsent({ problem }) {
      removeAll('.unsent');
      add(createFailure('unsent', { title: 'Not sent.', problem, retry: () => form.requestSubmit() }));
    },
    addUnchecked({ problem, retry }) {
      add(createFailure('unchecked', { title: `A message of ${peerName} cannot be checked yet.`, problem, retry }));
    },
    /** `send({ text, isTampered })` resolves to whether it was sent; the text stays in the box where it was not. */
    onSend(send) {
      let isSending = false;
      form.addEventListener('submit', async (event) => {
        event.preventDefault();
        const text = box.value;
        if (text.trim() === '') box.focus();
        if (text.trim() === '' || isSending) return;
        isSending = true;
        box.readOnly = true;
        try {
          if (await send({ text, isTampered: event.submitter?.dataset.tamper !== undefined })) box.value = '';
        } finally {
          isSending = false;
          box.readOnly = false;
        }
        box.focus();
      });
    },
    focus() {
      box.focus();
    },
  };
}

function createEntry(kind, from, parts) {
  return createElement(
    'article',
    { className: `entry ${kind}` },
    createElement('p', { className: 'from' }, from),
    ...parts,
  );
}

function createText(text) {
  return createElement('p', { className: 'text' }, text);
}

function createProblem({ message, code }) {
  const parts = code ? [message, ' ', createElement('code', {}, code)] : [message];
  return createElement('p', {}, ...parts);
}

/** Goes when it is tried again: what comes of that is an entry of its own. */
function createFailure(kind, { title, problem, retry }) {
  const button = createElement('button', { type: 'button', className: 'quiet' }, 'Try again');
  const entry = createElement(
    'article',
    { className: `entry failure ${kind}` },
    createElement('p', { className: 'verdict' }, title),
    createProblem(problem),
    button,
  );
  button.addEventListener('click', () => {
    entry.remove();
    retry();
  });
  return entry;
}

function createWireBlock(wire, size) {
  return createElement(
    'details',
    {},
    createElement('summary', {}, `On the wire: ${size} bytes`),
    createElement('pre', { tabIndex: 0, ariaLabel: 'The message as it was carried', role: 'group' }, wire),
  );
}
