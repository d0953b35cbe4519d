interface Envelope {
  requestError: { serviceException: { text: string } };
}

/**
 * Beckon refuses what comes from its own frame. Tells whoever set it up, in the page's console, which addresses do not agree. `door`: the
 * widget's endpoints, `at`: the frame's origin.
 */
export async function explainAddress(door: string, at: string): Promise<void> {
  const answer = await fetch(`${door}/config?at=${at}`, { credentials: 'omit' });
  const text = answer.ok
    ? `Beckon knows ${at} as its public address, but does not take its pages for its own. A proxy changes their Origin header.`
    : ((await answer.json()) as Envelope).requestError.serviceException.text;
  console.error(`liveChat: 1211 Public address: ${text}`);
}
