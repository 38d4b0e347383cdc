// deploy/Containerfile as stages with their steps. Of the language it takes what the file uses, and refuses the rest.
import { DockerfileParser } from 'dockerfile-ast';

/**
 * The stages in their order: `image` is what each begins with, `steps` what is done to the files, and the rest is how the
 * image is run. Commands are lists of words, those of RUN lines for the shell.
 */
export function parseContainerfile(text) {
  const stages = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    if (keyword === 'ARG' && stages.length === 0) continue; // its value is expanded in FROM
    if (keyword === 'FROM') {
      const [image] = instruction.getExpandedArguments().map((argument) => argument.getValue());
      stages.push({ name: instruction.getBuildStage() ?? '', image, steps: [], env: {}, volumes: [] });
      continue;
    }
    const read = readers[keyword];
    if (read === undefined) throw new Error(`${keyword} is not rehearsed: teach it to deploy/rehearsal.`);
    read(instruction, stages.at(-1));
  }
  return stages;
}

const readers = {
  RUN: (run, { steps }) => steps.push({ kind: 'run', command: ['/bin/sh', '-c', run.getArgumentsContent()] }),
  WORKDIR: (workdir, { steps }) => steps.push({ kind: 'workdir', folder: workdir.getArgumentsContent() }),
  COPY: (copy, { steps }) => {
    const words = copy.getArguments().map((argument) => argument.getValue());
    const from = copy.getFlags().find((flag) => flag.getName() === 'from');
    steps.push({ kind: 'copy', from: from?.getValue(), sources: words.slice(0, -1), target: words.at(-1) });
  },
  ENV: (env, stage) => {
    for (const property of env.getProperties()) stage.env[property.getName()] = property.getValue();
  },
  USER: (user, stage) => Object.assign(stage, { user: user.getArgumentsContent() }),
  VOLUME: (volume, { volumes }) => volumes.push(...volume.getArguments().map((argument) => argument.getValue())),
  EXPOSE: () => {},
  STOPSIGNAL: (signal, stage) => Object.assign(stage, { stopSignal: signal.getArgumentsContent() }),
  HEALTHCHECK: (check, stage) => Object.assign(stage, { healthcheck: toWords(check, 'CMD ') }),
  ENTRYPOINT: (entrypoint, stage) => Object.assign(stage, { entrypoint: toWords(entrypoint) }),
  CMD: (cmd, stage) => Object.assign(stage, { command: toWords(cmd) }),
};

/** The exec form, which alone gets a signal without a shell in between. @throws SyntaxError for the shell form */
function toWords(instruction, prefix = '') {
  return JSON.parse(instruction.getArgumentsContent().slice(prefix.length));
}
