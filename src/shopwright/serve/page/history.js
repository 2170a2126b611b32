// What this tab keeps of the conversation, so that it survives a reload of the page: the id and the last turns.

const KEPT = "shopwright-conversation";

/** What an earlier visit of this tab left: `{session, turns}`, null when there is none. */
export function load() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT));
    return kept?.session && Array.isArray(kept.turns) ? kept : null;
  } catch {
    return null; // not ours, or not readable: begin anew
  }
}

/** Keep a conversation. */
export function save(session, turns) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ session, turns }));
  } catch {
    // Full or switched off: the conversation lasts as long as the page.
  }
}

/** Forget it. */
export function drop() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // Nothing was kept.
  }
}

/** The turns in which these words stand nowhere. */
export const without = (turns, words) => turns.filter((turn) => !JSON.stringify(turn).includes(JSON.stringify(words).slice(1, -1)));

/** Whether a message had something forgotten: the turn has other words in its place then. */
export const hasForgotten = (turn, message) => turn.trace?.decision?.policy === "memory" && turn.message !== message;
