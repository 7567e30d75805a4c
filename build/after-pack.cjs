// Sets Electron's fuses in the packed app (point 19 of Electron's security checklist) and reads them back.
const path = require('node:path')

/** The fuses of the app, by their names in @electron/fuses. */
const fuses = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  GrantFileProtocolExtraPrivileges: false,
}

function executable({ appOutDir, electronPlatformName, packager }) {
  const name = packager.appInfo.productFilename
  if (electronPlatformName === 'darwin') return path.join(appOutDir, `${name}.app`)
  if (electronPlatformName === 'win32') return path.join(appOutDir, `${name}.exe`)
  return path.join(appOutDir, packager.executableName)
}

module.exports = async function afterPack(context) {
  const { flipFuses, FuseV1Options, FuseVersion, FuseState, getCurrentFuseWire } = await import('@electron/fuses')
  const binary = executable(context)
  const settings = Object.fromEntries(Object.entries(fuses).map(([name, on]) => [FuseV1Options[name], on]))
  await flipFuses(binary, {
    version: FuseVersion.V1,
    resetAdHocDarwinSignature: context.electronPlatformName === 'darwin',
    ...settings,
  })
  const wire = await getCurrentFuseWire(binary)
  for (const [name, on] of Object.entries(fuses)) {
    const expected = on ? FuseState.ENABLE : FuseState.DISABLE
    if (wire[FuseV1Options[name]] !== expected) throw new Error(`The fuse ${name} could not be set in ${binary}.`)
  }
}
module.exports.fuses = fuses
