import type { RefObject } from 'react'
import type { AddressDraft, AddressProblems } from './address'
import { Field } from './Field'

interface AddressFieldsProps {
  readonly draft: AddressDraft
  readonly problems: AddressProblems
  readonly onChange: (draft: AddressDraft) => void
  readonly onEnter: () => void
  readonly addressRef?: RefObject<HTMLInputElement | null>
}

/** The three parts of an address, checked as they are typed. */
export function AddressFields({ draft, problems, onChange, onEnter, addressRef }: AddressFieldsProps) {
  const shared = {
    isMono: true,
    onKeyDown: (event: { key: string }): void => (event.key === 'Enter' ? onEnter() : undefined),
  }
  return (
    <>
      <Field
        {...shared}
        {...(addressRef && { ref: addressRef })}
        label="Address"
        placeholder="user@host or user@host:port"
        value={draft.address}
        problem={problems.address}
        onText={address => onChange({ ...draft, address })}
      />
      <Field
        {...shared}
        label="Key file"
        placeholder="agent and usual keys"
        value={draft.keyFile}
        problem={problems.keyFile}
        onText={keyFile => onChange({ ...draft, keyFile })}
      />
      <Field
        {...shared}
        label="Jump hosts"
        placeholder="none"
        value={draft.jump}
        problem={problems.jump}
        onText={jump => onChange({ ...draft, jump })}
      />
    </>
  )
}
