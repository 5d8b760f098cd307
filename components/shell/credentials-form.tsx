'use client'
/**
 * A form that ends in a signed-in person: it sends once, and says beside each field what is wrong with it.
 */
import { type FormEvent, type ReactNode, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { fieldErrors, isProblem } from '#lib/client/problem.ts'

export type Credentials = { name: string; email: string; password: string }
type Asked = keyof Credentials

const FIELDS: Record<Asked, { label: string; type: string; autoComplete: string }> = {
  name: { label: 'Your name', type: 'text', autoComplete: 'name' },
  email: { label: 'E-mail', type: 'email', autoComplete: 'username' },
  password: { label: 'Password', type: 'password', autoComplete: 'current-password' },
}

export function CredentialsForm({
  ask,
  newPassword = false,
  submitLabel,
  onSubmit,
  children,
}: {
  ask: readonly Asked[]
  newPassword?: boolean | undefined
  submitLabel: string
  onSubmit(given: Credentials): Promise<void>
  children?: ReactNode
}) {
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const wrong = fieldErrors(error)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    if (pending) return
    const given = new FormData(event.currentTarget)
    const text = (name: Asked) => String(given.get(name) ?? '')
    setPending(true)
    setError(null)
    try {
      await onSubmit({ name: text('name'), email: text('email'), password: text('password') })
    } catch (problem) {
      setError(problem)
      setPending(false)
    }
  }

  const beside = ask.some((it) => wrong[it])
  return (
    // Where the script has not loaded, "post" keeps the password out of the address.
    <form
      method="post"
      onSubmit={submit}
      onChange={() => setError(null)}
      className="flex flex-col gap-4"
      noValidate
    >
      {children}
      {ask.map((name, n) => (
        <CredentialField
          key={name}
          name={name}
          isNew={name === 'password' && newPassword}
          error={wrong[name]}
          autoFocus={n === 0}
        />
      ))}
      {error !== null && !beside && <ProblemNote error={worded(error)} />}
      <Button type="submit" variant="primary" size="lg" pending={pending}>
        {submitLabel}
      </Button>
    </form>
  )
}

const worded = (error: unknown) =>
  isProblem(error) && error.status === 401
    ? { title: 'Not signed in', detail: 'The e-mail address or the password is wrong.' }
    : error

interface CredentialFieldProps {
  name: Asked
  /** A password that is chosen here. */
  isNew: boolean
  error: string | undefined
  autoFocus: boolean
}

function CredentialField({ name, isNew, error, autoFocus }: CredentialFieldProps) {
  const { label, type, autoComplete } = FIELDS[name]
  return (
    <Field
      name={name}
      label={label}
      error={error}
      hint={isNew ? 'At least 8 characters. A sentence is better than a word.' : undefined}
    >
      <Input
        name={name}
        type={type}
        autoComplete={isNew ? 'new-password' : autoComplete}
        required
        autoFocus={autoFocus}
      />
    </Field>
  )
}
