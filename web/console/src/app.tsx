import { Button } from '@beckon/ui';
import { Entrance } from './entrance/entrance';
import { Invite } from './entrance/invite';
import { SetUp } from './entrance/set_up';
import { SignIn } from './entrance/sign_in';
import { text } from './locales/en';
import { route } from './route';
import { resumeSession, session } from './session';
import { Workplace } from './shell/workplace';

/** Chooses the page: set-up or an invite by its link, else the console for whoever is signed in, else the way in. */
export function App() {
  const who = session.value;
  const place = route.value;
  if (who.state === 'in') {
    const known = place.page === 'inbox' || place.page === 'settings';
    return <Workplace who={who} place={known ? place : { page: 'inbox', view: 'all', conversation: null }} />;
  }
  if (place.page === 'invite') return <Invite token={place.token} />;
  if (place.page === 'set-up') return <SetUp token={place.token} />;
  switch (who.state) {
    case 'unknown':
      return null;
    case 'unreachable':
      return (
        <Entrance heading={text.product} lead={text.unreachable}>
          <Button variant="primary" onClick={() => void resumeSession()}>
            {text.tryAgain}
          </Button>
        </Entrance>
      );
    case 'out':
      return <SignIn ended={who.ended} setUpDone={who.setUpDone} elsewhere={who.elsewhere} />;
  }
}
