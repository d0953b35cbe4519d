import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Endings } from '../src/app/endings';

const stored = () => JSON.parse(localStorage.getItem('e') ?? '[]').map(({ token }: { token: string }) => token);

beforeEach(() => localStorage.clear());

describe('sessions that were ended here', () => {
  it('keep what another tab adds while the server is told', async () => {
    const answers: (() => void)[] = [];
    const slow = { endSession: () => new Promise<boolean>((resolve) => answers.push(() => resolve(true))) };
    const one = new Endings('e', slow);
    void one.add(['mine']);
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    // As another tab does.
    const theirs = { token: 'theirs', at: Date.now() };
    localStorage.setItem('e', JSON.stringify([...JSON.parse(localStorage.getItem('e') ?? '[]'), theirs]));
    expect(stored()).toContain('theirs');
    answers[0]?.();
    await vi.waitFor(() => expect(stored()).toEqual(['theirs']));
    // What is left is told by whichever tab comes to it.
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.();
    await vi.waitFor(() => expect(stored()).toEqual([]));
  });

  it.each(['{', '7', '[null]', '[{"token":1,"at":"x"}]', 'null'])('never fail on what is stored: %s', async (text) => {
    localStorage.setItem('e', text);
    const heard = vi.fn(async () => true);
    void new Endings('e', { endSession: heard }).add(['t']);
    await vi.waitFor(() => expect(stored()).toEqual([]));
    expect(heard.mock.calls).toEqual([['t']]);
  });
});
