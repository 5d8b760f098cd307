/** Where a new schedule that waits for calls is called. */
import { ButtonLink } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { CopyText } from '#components/ui/copy.tsx'
import type { NewWebhook } from '#lib/contract/webhook.ts'

/** The form that had the focus has gone. */
const intoFocus = (it: HTMLHeadingElement | null) => it?.focus()

/** What whoever calls it is given: the secret is shown only now. */
export const Address = ({ href, webhook: { url, secret } }: { href: string; webhook: NewWebhook }) => (
  <Card aria-labelledby="address">
    <CardHeader>
      <CardTitle id="address" ref={intoFocus} tabIndex={-1} className="outline-none">
        It waits for calls
      </CardTitle>
    </CardHeader>
    <CardBody className="flex flex-col gap-4">
      <CopyText text={url} label="Address" />
      <p className="text-sm">Copy the secret now: it is not shown again.</p>
      <CopyText text={secret} label="Secret" />
      <ButtonLink variant="primary" className="self-start" href={href}>
        Go on
      </ButtonLink>
    </CardBody>
  </Card>
)
