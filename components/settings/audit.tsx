/** The way to the record of changes, which has a page of its own. */
import { ButtonLink } from '#components/ui/button.tsx'
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx'

export const Audit = ({ slug }: { slug: string }) => (
  <Card aria-labelledby="audit" className="pb-5">
    <CardHeader>
      <div className="min-w-0">
        <CardTitle id="audit">Audit log</CardTitle>
        <p className="text-sm text-faint">Who changed what, when, and from where.</p>
      </div>
      <ButtonLink href={`/w/${slug}/settings/audit`}>Open</ButtonLink>
    </CardHeader>
  </Card>
)
