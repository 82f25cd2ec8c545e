import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * What a macOS app is made from, without macOS: a skeleton of Electron.app for each processor, Apple's tools as far as the
 * halves of a universal app are put together with them, and a configuration of electron-builder that uses them. Nothing
 * in it starts.
 */
export interface MacStandIn {
  /** Of electron-builder: the project's own, with the skeletons for a runtime. */
  readonly config: string;
  /** For electron-builder's process, which then believes to be on macOS. */
  readonly env: Readonly<Record<string, string>>;
}

/** The first bytes of a Mach-O file; the last four name the processor. */
const machO = { x64: 'cffaedfe07000001', arm64: 'cffaedfe0c000001' } as const;

const plist = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>CFBundleExecutable</key><string>Electron</string></dict></plist>`;

const tools = {
  // lipo FIRST SECOND -create -output FILE
  lipo: 'cat "$1" "$2" > "$5.both" && mv "$5.both" "$5"',
  // file --brief --no-pad FILE
  file: 'case "$(od -An -tx1 -N4 "$3" | tr -d " ")" in cffaedfe) echo "Mach-O 64-bit";; *) echo data;; esac',
  codesign: 'exit 0',
  sw_vers: 'echo 15.0',
};

/** @param fuses what stands in the executables, from the sentinel to the last fuse */
export async function macStandIn(
  folder: string,
  root: string,
  output: string,
  fuses: Buffer,
): Promise<MacStandIn> {
  const write = async (file: string, content: string | Buffer): Promise<string> => {
    const place = path.join(folder, file);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, content, { mode: 0o755 });
    return place;
  };
  for (const arch of ['x64', 'arm64'] as const) {
    const program = Buffer.from(machO[arch], 'hex');
    const contents = `${arch}/Electron.app/Contents`;
    await write(`${contents}/Info.plist`, plist);
    await write(`${contents}/MacOS/Electron`, program);
    const framework = `${contents}/Frameworks/Electron Framework.framework/Electron Framework`;
    await write(framework, Buffer.concat([program, fuses]));
    for (const name of ['', ' (GPU)', ' (Plugin)', ' (Renderer)']) {
      const helper = `${contents}/Frameworks/Electron Helper${name}.app/Contents`;
      await write(`${helper}/Info.plist`, plist);
      await write(`${helper}/MacOS/Electron Helper${name}`, program);
    }
  }
  for (const [name, script] of Object.entries(tools)) await write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
  const icon = await write('icon.icns', '');
  const platform = await write(
    'platform.cjs',
    `Object.defineProperty(process, 'platform', { value: 'darwin' });`,
  );
  const settings = {
    extends: path.join(root, 'electron-builder.yml'),
    directories: { output },
    mac: { identity: null, icon },
  };
  const runtime = `({ arch }) => ${JSON.stringify(folder)} + '/' + arch`;
  const config = await write(
    'config.cjs',
    `module.exports = { ...${JSON.stringify(settings)}, electronDist: ${runtime} };`,
  );
  const PATH = `${path.join(folder, 'bin')}:${process.env.PATH ?? ''}`;
  return { config, env: { ...process.env, PATH, NODE_OPTIONS: `--require ${platform}` } };
}
