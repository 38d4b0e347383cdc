import { isSdkError } from '@sotto/e3kit';

/** Reads what the devices of a fleet have sealed. After each record it yields what is known of each of them by then, as rows. */
export async function* followFleet(operator, { devices, series, records }) {
  const states = new Map();
  for await (const { at, device, frame } of records) {
    if (!devices.includes(device)) continue; // the name comes with the log, where anybody can have written it
    if (!states.has(device)) states.set(device, await openState(operator, { device, series }));
    await read(states.get(device), frame);
    yield [...states.values()].map((state) => toRow(state, at));
  }
}

async function openState(operator, { device, series }) {
  const from = await operator.findUsers(device); // what counts is who has signed
  // An app keeps `reader.position` on disk and passes it on here, so that it takes nothing twice after a restart of its own.
  const reader = await operator.createSeriesReader({ from, series });
  return { device, reader, sessions: [], notes: [], count: 0, payload: 0, overhead: 0 };
}

async function read(state, frame) {
  try {
    const events = await state.reader.read(frame);
    for (const event of events) take(state, event);
    if (events[0]?.kind !== 'started') state.overhead += frame.length;
  } catch (error) {
    if (!isSdkError(error)) throw error;
    state.notes.push(error.code); // a frame that is refused has changed nothing
  }
}

function take(state, event) {
  const marks = state.sessions.at(-1);
  switch (event.kind) {
    case 'started':
      state.sessions.push([]);
      if (event.wasCut) state.notes.push('the session before was cut off');
      if (event.lostSessions > 0) state.notes.push(`${event.lostSessions} sessions lost`);
      break;
    case 'gap':
      marks.push(...'.'.repeat(event.to - event.from));
      break;
    case 'reading': // signed
    case 'unverifiedReading': // whoever else reads the series could have made it
      marks[event.sequence] = event.kind === 'reading' ? '#' : '?';
      if (event.isLate) state.notes.push(`${event.sequence} came late`);
      state.latest = new TextDecoder().decode(event.data);
      state.count += 1;
      state.payload += event.data.length;
      state.overhead -= event.data.length;
      break;
    case 'verified': // a checkpoint has signed those before it
      for (let sequence = event.from; sequence < event.to; sequence++) {
        if (!event.missing.includes(sequence)) marks[sequence] = '#';
      }
      break;
  }
}

function toRow({ device, reader, sessions, notes, latest = '', count, payload, overhead }, at) {
  const state = reader.isClosed ? 'closed' : reader.isSilent(at) ? 'SILENT' : 'open';
  return {
    device,
    readings: sessions.map((marks) => marks.join('')).join(' | '),
    latest,
    'bytes each': count > 0 ? `${Math.round(payload / count)} + ${Math.round(overhead / count)}` : '',
    state,
    notes: [...new Set(notes)].join(', '),
  };
}
