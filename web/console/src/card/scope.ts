import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Format } from './format';
import type { CardView } from './view';

/** What every part of one card shares. */
export interface CardScope {
  readonly view: CardView;
  readonly format: Format;
  /** Copies text and says so. */
  copy(text: string, said: string): void;
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
