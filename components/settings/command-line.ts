/** What is run, as a shell would have to be told it: each argument can be seen for itself. */
export const commandLine = (command: string, args: readonly string[]): string =>
  [command, ...args]
    .map((it) => (/^[\w./:=@,+-]+$/.test(it) ? it : `'${it.replaceAll("'", "'\\''")}'`))
    .join(' ')
