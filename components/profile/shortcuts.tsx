'use client'
import { Card, CardBody } from '#components/ui/card.tsx'
import { Field } from '#components/ui/field.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useChangeMe } from '#lib/client/profile.ts'

export function Shortcuts({ on }: { on: boolean }) {
  const changing = useChangeMe()
  return (
    <Card aria-label="Keyboard">
      <CardBody>
        <Field
          inline
          label="Shortcuts"
          hint={
            <>
              Single letters do something, and <Kbd>Ctrl</Kbd> <Kbd>K</Kbd> opens the search. <Kbd>?</Kbd>{' '}
              shows them all. Turn them off if you use voice control or press keys by accident.
            </>
          }
        >
          <Switch
            checked={on}
            onCheckedChange={(shortcuts) =>
              changing.mutate(
                { shortcuts },
                { onError: (error) => toast.error('It stays as it was', { description: error.message }) },
              )
            }
          />
        </Field>
      </CardBody>
    </Card>
  )
}
