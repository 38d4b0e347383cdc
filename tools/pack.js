// node tools/pack.js [folder] [package]: builds, and packs the client, or another package of ours, as one tarball that installs without a registry
// knowing us.
//
// Our packages inside it are plain folders, and what they import of each other is rewritten to paths. npm's
// bundleDependencies would save the rewriting, but yarn and bun ask the registry for what is bundled all the same
// (yarnpkg/yarn#5998, oven-sh/bun#27418), where these names are anybody's to take.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { endInterrupted, onStopSignal, root, runCommand } from './command.js';
import { build, npmCommand } from './prepare.js';

const SCOPE = '@sotto/';
const CLIENT = '@sotto/e3kit';
const SOURCE_CONDITION = '@sotto/source';

/** Packs what was built into `folder`. Gives back the tarball's path and what is in it. */
export async function packPackage(folder, name = CLIENT) {
  const { manifest, files } = collectPackage(root, name);
  const stage = mkdtempSync(join(tmpdir(), 'sotto-pack-'));
  try {
    for (const [path, text] of files) writeInto(stage, path, text);
    writeInto(stage, 'package.json', `${JSON.stringify(manifest, null, 2)}\n`);
    if (existsSync(join(root, 'LICENSE'))) copyFileSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
    await npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', resolve(folder)], stage);
  } finally {
    rmSync(stage, { recursive: true });
  }
  const tarball = join(resolve(folder), `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`);
  return { tarball, manifest, files };
}

/** Runs npm. @throws with what npm said */
export async function npm(args, cwd) {
  const { command, args: prefix } = npmCommand();
  const { ok, output } = await runCommand({ command, args: [...prefix, ...args], cwd });
  if (!ok) throw new Error(`${output}\nnpm ${args.join(' ')} failed; the lines above say why.`);
  return output;
}

/**
 * A package's manifest and, by path, the text of each file that its entries reach: nothing else is packed, such as the
 * contract's schemas with zod, or the output of a source that is gone.
 */
export function collectPackage(tree = root, name = CLIENT) {
  const packed = readPackage(tree, name);
  const files = new Map();
  const used = { dependencies: {}, optionalDependencies: {} };
  const queue = targetsOf(packed.manifest.exports).map((target) => ({
    owner: packed,
    file: join(packed.folder, target),
  }));
  for (const { owner, file } of queue) {
    const path = pathInTarball(owner, file);
    if (files.has(path)) continue;
    const text = readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=\S*\s*$/, '\n');
    const edits = [];
    for (const literal of importsIn(file, text)) {
      const found = findImport({ tree, owner, file, specifier: literal.text, used });
      if (found === undefined) continue;
      queue.push(found);
      edits.push({ literal, specifier: specifierFrom(path, pathInTarball(found.owner, found.file)) });
    }
    files.set(path, applyEdits(text, edits));
  }
  return { manifest: toManifest(packed.manifest, used), files };
}

/** The file of ours that an import means, or undefined for one of Node or the registry, which is noted in `used`. */
function findImport({ tree, owner, file, specifier, used }) {
  const kind = file.endsWith('.d.ts') ? 'types' : 'default';
  if (specifier.startsWith('.')) {
    const target = resolve(dirname(file), specifier);
    return { owner, file: kind === 'types' ? target.replace(/(\.d)?\.[jt]s$/, '.d.ts') : target };
  }
  if (specifier.startsWith('node:')) return undefined;
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (owner.manifest.dependencies?.[name] !== undefined && isOurs(name)) {
    const found = readPackage(tree, name);
    const subpath = `.${specifier.slice(name.length)}`;
    return { owner: found, file: join(found.folder, targetOf(found.manifest, subpath, kind)) };
  }
  const field = ['dependencies', 'optionalDependencies'].find((it) => owner.manifest[it]?.[name] !== undefined);
  if (field === undefined) throw new Error(`${file} imports ${name}, which its package.json does not name.`);
  const version = owner.manifest[field][name];
  if ((used[field][name] ?? version) !== version) throw new Error(`Our packages want different versions of ${name}.`);
  used[field][name] = version;
  return undefined;
}

function isOurs(name) {
  return name.startsWith(SCOPE);
}

function readPackage(tree, name) {
  const folder = join(tree, 'packages', name.slice(name.indexOf('/') + 1));
  return { folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) };
}

/** What a path can stand for: a subpath whose target does not depend on who asks. */
function targetOf({ name, exports }, subpath, kind) {
  const { [SOURCE_CONDITION]: _, ...target } = exports[subpath] ?? {};
  if (Object.keys(target).join() !== 'types,default') {
    throw new Error(`${name} exports ${subpath} under conditions that a path cannot express.`);
  }
  return target[kind];
}

/** All files that an `exports` field leads to, those of our own sources left out. */
function targetsOf(exports) {
  if (typeof exports === 'string') return [exports];
  return Object.entries(exports).flatMap(([key, value]) => (key === SOURCE_CONDITION ? [] : targetsOf(value)));
}

/** The string literals that name what a file imports, of types too. */
function importsIn(file, text) {
  const found = [];
  const visit = (node) => {
    const name =
      node.moduleSpecifier ??
      (ts.isImportTypeNode(node) ? node.argument.literal : undefined) ??
      (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : undefined);
    if (name && ts.isStringLiteral(name)) {
      found.push({ text: name.text, start: name.getStart() + 1, end: name.end - 1 });
    }
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true));
  return found;
}

function applyEdits(text, edits) {
  return edits.reduceRight(
    (edited, { literal, specifier }) => edited.slice(0, literal.start) + specifier + edited.slice(literal.end),
    text,
  );
}

/** `packages/core/dist/card/card.js` lies in the tarball as `dist/core/card/card.js`. */
function pathInTarball({ folder, manifest }, file) {
  const path = relative(join(folder, 'dist'), file).split(sep).join('/');
  return `dist/${manifest.name.split('/').at(-1)}/${path}`;
}

/** Types are imported by the names of the modules that they are the types of. */
function specifierFrom(path, target) {
  const way = posix.relative(posix.dirname(path), target.replace(/\.d\.ts$/, '.js'));
  return way.startsWith('.') ? way : `./${way}`;
}

function toManifest({ name, version, description, license, type, sideEffects, engines, exports }, used) {
  const move = (target) => {
    if (typeof target === 'string') return target.replace('./dist/', `./dist/${name.split('/').at(-1)}/`);
    const kept = Object.entries(target).filter(([key]) => key !== SOURCE_CONDITION);
    return Object.fromEntries(kept.map(([key, value]) => [key, move(value)]));
  };
  const sorted = Object.fromEntries(
    Object.entries(used).map(([field, versions]) => [field, Object.fromEntries(Object.entries(versions).sort())]),
  );
  return { name, version, description, license, type, sideEffects, engines, exports: move(exports), ...sorted };
}

function writeInto(folder, path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function main(folder = '.', name = CLIENT) {
  onStopSignal(endInterrupted);
  await build();
  const { tarball, files } = await packPackage(folder, name);
  const unpacked = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  console.error(`${files.size} files, ${kilobytes(unpacked)}, packed ${kilobytes(statSync(tarball).size)}`);
  console.log(relative(process.cwd(), tarball));
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(0)} KB`;
}

if (import.meta.filename === realpathSync(process.argv[1] ?? '.')) await main(...process.argv.slice(2));
