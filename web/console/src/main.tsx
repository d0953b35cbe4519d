import '@beckon/ui/tokens.css';
import '@beckon/ui/base.css';
import './console.css';
import { render } from 'preact';
import { App } from './app';
import { resumeSession } from './session';

const place = document.getElementById('console');
if (place) render(<App />, place);
void resumeSession();
