import { Command } from 'commander'
import { createAdminLink } from '../links/service.ts'
import { withContext } from '../core/program.ts'

/** `arena admin-link`: the way back in. */
export function adminLinkCommand(): Command {
  return new Command('admin-link')
    .description('print a link that signs an admin in, once')
    .option('--origin <address>', 'address of the server, when it is not the usual one')
    .action(({ origin }: { origin?: string }) =>
      withContext(async (ctx) => {
        const { publicUrl, host, port } = ctx.config
        console.log((await createAdminLink(ctx, origin ?? publicUrl ?? `http://${host}:${port}`)).url)
      }),
    )
}
