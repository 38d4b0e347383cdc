/** What the words of several commands share: kinds of options, and how a help page ends. */
import { InvalidArgumentError, Option } from 'commander';

/** An option that may be given several times, once at least. */
export function requiredListOption(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`).argParser(append).makeOptionMandatory();
}

/** An option that may be given several times, or not at all, which is no list. */
export function listOption(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`).argParser(append);
}

export function portOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const port = Number(text);
    if (!/^\d{1,5}$/.test(text) || port > 65535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
    return port;
  });
}

/** Which installation: that of the environment, unless given. */
export function dataOption(): Option {
  return new Option('--data <dir>', 'data folder (default: SOTTO_DATA_DIR, or "./sotto-data")');
}

/** A whole number. */
export function countOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const count = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) throw new InvalidArgumentError('It is a whole number.');
    return count;
  });
}

export function dateOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const date = new Date(text);
    // Date takes much else, and takes 1 for a month.
    if (!/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) || Number.isNaN(date.getTime()))
      throw new InvalidArgumentError('It is a date such as 2027-01-31, or with time and zone 2027-01-31T18:00:00Z.');
    return date;
  });
}

export function example(line: string): string {
  return `\nExample:\n  ${line}`;
}

/** The end of a help page of a command that refuses what it cannot trust. */
export function exitCodesAndExample(line: string): string {
  return `\nExit code: 0 done, 1 refused, 2 wrong usage, 130 interrupted.\n${example(line)}`;
}

function append(text: string, former: readonly string[] | undefined): string[] {
  return [...(former ?? []), text];
}
