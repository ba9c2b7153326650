import { Command } from 'commander'
import { findListening, originOn } from '../core/http/listening.ts'
import { openProgram, type Program } from '../core/program.ts'
import { createAdminLink } from '../links/service.ts'

/** `arena admin-link`: the way back in. */
export function adminLinkCommand(): Command {
  return new Command('admin-link')
    .description('print a link that signs an admin in, once')
    .option('--origin <address>', 'address of the server, when it is not the one that it listens on')
    .action(printAdminLink)
}

async function printAdminLink({ origin }: { origin?: string }): Promise<void> {
  const program = await openProgram()
  try {
    const { url } = await createAdminLink(program.context, origin ?? (await addressOf(program)))
    console.log(url)
  } finally {
    await program.close()
  }
}

/** PUBLIC_URL, else where a server of these data listens, else where one would, which is said beside the link. */
export async function addressOf({ context: { config }, where }: Program): Promise<string> {
  const listening = config.publicUrl ?? (await findListening(config.dataDir, where))
  if (listening !== undefined) return listening
  const usual = originOn(config, config.port)
  console.error(`No server of these data is running here. The link works once one listens on ${usual}.`)
  return usual
}
