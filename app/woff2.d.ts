/** Where the built file is served from. */
declare module '*.woff2' {
  const url: string
  export default url
}
