// The part of Node that the command line uses; declared here, so that no other source can use more of it by mistake.

declare module 'node:fs/promises' {
  export function readFile(path: string): Promise<Uint8Array>
}

declare module 'node:process' {
  interface Output {
    readonly isTTY?: boolean
    write(text: string): boolean
    on(event: 'error', listener: (error: { readonly code?: string }) => void): unknown
  }
  interface Process {
    readonly argv: readonly string[]
    readonly env: Readonly<Record<string, string | undefined>>
    readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean }
    readonly stdout: Output
    readonly stderr: Output
    exitCode: number | undefined
  }
  const process: Process
  export default process
}
