import { expect, test } from 'vitest'
import { Context } from './context.ts'
import { run } from './news.ts'

test('--read-all and names are two wishes', async () => {
  const context = new Context({ config: '/nowhere' }, new AbortController().signal)
  await expect(run(context, [['glsa-202601-01']], { readAll: true })).rejects.toMatchObject({
    code: 'news-named-and-all',
    message: '--read-all takes no names; found glsa-202601-01.',
    hint: 'naming one prints it and marks it as read',
  })
})
