'use client'
/** Where the reader alone is told: own channels, and the browsers that take notifications. */
import { MonitorSmartphone } from 'lucide-react'
import { useState } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { CardBody } from '#components/ui/card.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useBrowsers, useNotifyHere, useRemoveBrowser } from '#lib/client/browsers.ts'
import { abilitiesHere, obstacleIn } from '#lib/client/push.ts'
import type { PushBrowser } from '#lib/contract/push.ts'
import { Channels } from './channels.tsx'

/** Which of them this browser is: the server does not say where one is reached. */
const HERE = 'carillon-browser'
const knownHere = (): number | null => Number(localStorage.getItem(HERE)) || null

export default function Own() {
  return (
    <>
      <Channels slug={null} />
      <Browsers />
    </>
  )
}

function Browsers() {
  const browsers = useBrowsers()
  const turning = useNotifyHere()
  const [here, setHere] = useState(knownHere)
  const [obstacle, setObstacle] = useState(() => obstacleIn(abilitiesHere()))
  const isOn = browsers.data?.some((it) => it.id === here) ?? false
  const turnOn = () =>
    turning.mutate(undefined, {
      onSuccess: ({ id }) => {
        localStorage.setItem(HERE, String(id))
        setHere(id)
      },
      onSettled: () => setObstacle(obstacleIn(abilitiesHere())),
    })
  return (
    <ListCard
      id="browsers"
      title="Notifications in browsers"
      about="Your browsers show what goes to your channel “Browser”, even while Carillon is not open."
      action={
        obstacle === null &&
        browsers.data &&
        !isOn && (
          <Button pending={turning.isPending} onClick={turnOn}>
            Notify this browser
          </Button>
        )
      }
      above={
        (obstacle ?? turning.error) && (
          <CardBody>
            <p role="status" className={obstacle ? 'text-sm text-faint' : 'text-sm text-bad'}>
              {obstacle ?? turning.error?.message}
            </p>
          </CardBody>
        )
      }
      items={browsers}
      empty={{
        icon: <MonitorSmartphone />,
        title: 'No browser notifies you yet',
        words: 'Turn it on in each browser that you use, and add a rule for your channel.',
      }}
    >
      {(it) => <Row key={it.id} browser={it} here={it.id === here} />}
    </ListCard>
  )
}

function Row({ browser: it, here }: { browser: PushBrowser; here: boolean }) {
  const remove = useRemoveBrowser()
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {it.name}
          {here && <Badge tone="outline">This browser</Badge>}
        </p>
        <p className="text-sm text-faint">
          Turned on <RelativeTime at={it.createdAt} />
        </p>
      </div>
      <RemoveButton
        of={it.name}
        title={`Turn notifications off in “${it.name}”?`}
        onConfirm={() => remove.mutateAsync({ id: it.id, here })}
      >
        It shows no more notifications until you turn them on there again.
      </RemoveButton>
    </li>
  )
}
