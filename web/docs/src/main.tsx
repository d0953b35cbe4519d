import '@beckon/ui/tokens.css';
import '@beckon/ui/base.css';
import './docs.css';
import { render } from 'preact';
import { App } from './app';
import type { Description } from './description';

async function load(): Promise<Description> {
  const answer = await fetch('/openapi.json');
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()) as Description;
}

const place = document.getElementById('docs');
if (place) render(<App load={load} />, place);
