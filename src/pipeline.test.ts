import { expect, test } from 'vitest'
import { checkKernels } from './pipeline.ts'

test('a machine that wants a kernel is refused, and told which file says so', () => {
  const kconf = { file: 'kernel.configs/tiny.kconf', text: 'CONFIG_64BIT=y\n' }
  const bare = { folder: 'stage4.defines/bare', kconf: undefined }
  expect(() => checkKernels([bare])).not.toThrow()
  expect(() => checkKernels([bare, { folder: 'stage4.defines/router', kconf }])).toThrow(
    expect.objectContaining({
      code: 'no-kernels-yet',
      message: 'Kernels are not built by this version yet; found stage4.defines/router/kconf.',
      hint: 'take stage4.defines/router/kconf away, and the machine is built without a kernel',
      exit: 2,
    }),
  )
})
