/**
 * Work that costs as much for many as for one: what comes while some is under way goes together into the next.
 *
 * Promise: each hears of its own; where all together fail, each is tried by itself.
 */
interface Asked<In, Out> {
  it: In
  resolve(out: Out): void
  reject(error: unknown): void
}

export function together<In, Out>(
  most: number,
  perform: (all: readonly In[]) => Promise<Out[]>,
): (it: In) => Promise<Out> {
  const waiting: Asked<In, Out>[] = []
  let isBusy = false

  async function settle(all: readonly Asked<In, Out>[]): Promise<void> {
    try {
      const outs = await perform(all.map(({ it }) => it))
      all.forEach(({ resolve }, n) => {
        resolve(outs[n] as Out)
      })
    } catch (error) {
      const [only, ...others] = all
      if (others.length === 0) only?.reject(error)
      else for (const one of all) await settle([one])
    }
  }

  async function work(): Promise<void> {
    if (isBusy) return
    isBusy = true
    while (waiting.length > 0) await settle(waiting.splice(0, most))
    isBusy = false
  }

  return (it) =>
    new Promise((resolve, reject) => {
      waiting.push({ it, resolve, reject })
      void work()
    })
}
