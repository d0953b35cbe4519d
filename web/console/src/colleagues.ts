import { ask } from './http';
import { asAgent } from './session';

/** An agent as the others see them. */
export interface Colleague {
  id: string;
  displayName: string;
  role: string;
  /** ACTIVE while a console of theirs is connected. */
  status: string;
}

/** Whoever a conversation can be given to: enabled agents, those who are here first. */
export async function readColleagues(): Promise<Colleague[]> {
  const { agents } = await asAgent(ask<{ agents: Colleague[] }>('GET', '/ccaas/1/agents?limit=999'));
  return agents.sort(
    (one, other) => Number(isHere(other)) - Number(isHere(one)) || one.displayName.localeCompare(other.displayName),
  );
}

export function isHere(colleague: Colleague): boolean {
  return colleague.status === 'ACTIVE';
}

/** Gives a conversation to an agent. Throws what the server has against it. */
export async function assign(conversation: string, agentId: string): Promise<void> {
  await asAgent(ask('PUT', `/ccaas/1/conversations/${conversation}/assignee`, { agentId }));
}
