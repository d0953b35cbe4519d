import { useState } from 'preact/hooks';
import { Confirm } from '../dialog/confirm';
import { Choices } from '../form/choices';
import { words } from '../locales/en_settings';
import type { Agent } from '../session';
import type { Person } from './api';

/** The three roles and what each may do. */
export const ROLES = (['AGENT', 'SUPERVISOR', 'ADMIN'] as const).map((value) => ({
  value,
  label: words.roles[value].name,
  hint: words.roles[value].can,
}));

/** Chooses another role for somebody. */
export function RoleDialog({
  person,
  onSave,
  onCancel,
}: {
  person: Person;
  onSave: (role: Agent['role']) => Promise<void>;
  onCancel: () => void;
}) {
  const [role, setRole] = useState(person.role);
  return (
    <Confirm
      heading={words.people.roleOf(person.name)}
      lead={words.people.roleNow}
      verb={words.people.saveRole}
      onConfirm={() => onSave(role)}
      onCancel={onCancel}
    >
      <Choices legend={words.role} name="role" initial={person.role} options={ROLES} autoFocus onChoose={setRole} />
    </Confirm>
  );
}
