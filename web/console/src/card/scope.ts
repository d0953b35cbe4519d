import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Changes } from './diff';
import type { Format } from './format';
import type { History, Origin } from './origin';
import type { SentBeside } from './sent';
import type { Branch, ContextNode } from './tree';
import type { CardView } from './view';

/** What every part of one card shares. */
export interface CardScope {
  readonly view: CardView;
  readonly format: Format;
  /** Copies text and says so. */
  copy(text: string, said: string): void;
  /** Copies what is in view of a value: nothing that is hidden. */
  copyValue(node: ContextNode, said: string): void;
  /** What differs from the context as this agent last knew it. */
  readonly changes: Changes;
  /** Who set each top-level key last, as far as that is known. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly sent: SentBeside;
  readonly history: History | undefined;
  /** The context as it is, whatever time the card shows. */
  readonly root: Branch | undefined;
  readonly pins: readonly string[];
  /** Pins the value at a path for all agents, or takes its pin away; undefined where nobody can. */
  readonly togglePin: ((path: string) => void) | undefined;
}

const Scope = createContext<CardScope | undefined>(undefined);
export const CardScopeProvider = Scope.Provider;

export function useCard(): CardScope {
  const scope = useContext(Scope);
  if (!scope) throw new Error('a part of the card stands outside a card');
  return scope;
}

/** The query whose hits are marked in the texts below; empty outside the search results. */
export const MarkedQuery = createContext('');
