// electron-builder's `afterPack`, for what it cannot say itself: the fuse that it has no name for, and that there is no
// fuse that nobody has decided on. It burns the others itself, right afterwards (electron-builder.yml).
import path from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses';

/** V8 catches accesses past the end of WebAssembly's memory by a signal; the other way is only slower. */
const further = { [FuseV1Options.WasmTrapHandlers]: true };

/** The part of electron-builder's `AfterPackContext` that says where the packed program is. */
export interface Packed {
  readonly appOutDir: string;
  readonly electronPlatformName: string;
  readonly packager: {
    readonly appInfo: { readonly productFilename: string };
    /** Linux has it. */
    readonly executableName?: string;
  };
}

/** Burns the fuses in a packed program. Rejects where the program has one that is not known here. */
export default async function burnFurtherFuses(packed: Packed): Promise<void> {
  const program = programOf(packed);
  const wire = await getCurrentFuseWire(program);
  const unknown = Object.keys(wire).filter((fuse) => /^\d+$/.test(fuse) && !(fuse in FuseV1Options));
  if (unknown.length > 0)
    throw new Error(
      `This Electron has fuses that nobody has decided on (number ${unknown.join(', ')}). A newer @electron/fuses names them; state them in electron-builder.yml or here.`,
    );
  await flipFuses(program, { version: FuseVersion.V1, ...further });
}

function programOf({ appOutDir, electronPlatformName, packager }: Packed): string {
  const { productFilename } = packager.appInfo;
  if (electronPlatformName === 'linux')
    return path.join(appOutDir, packager.executableName ?? productFilename);
  return path.join(appOutDir, `${productFilename}.${electronPlatformName === 'win32' ? 'exe' : 'app'}`);
}
