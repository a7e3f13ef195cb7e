"""The front-end snippet that this project began with, in a page of the app's origin, with only its URL adapted."""

from playwright.sync_api import expect

from tests.e2e.town import Member
from tests.e2e.windows import Windows
from tests.support.processes import await_condition

SNIPPET = """
  const ws = new WebSocket(`ws://${location.host}/ws/friends/`);

  ws.onmessage = (event) => {
    const data = JSON.parse(event.data);

    if (data.type === 'friend_accepted') {
      // Show toast notification
      showFriendAcceptedToast(data.from_user.username);
      // Refresh friends list
      fetchFriends();
    }

    if (data.type === 'friend_request') {
      // Update pending requests
      fetchFriends();
    }
  };

  return () => ws.close();
"""

APP = """
() => {
  window.frames_ = [];
  window.fetched = 0;
  const Native = WebSocket;
  window.WebSocket = class extends Native {
    constructor(...given) {
      super(...given);
      window.socket = this;
      this.addEventListener('message', ({ data }) => window.frames_.push(JSON.parse(data)));
    }
  };
  const showFriendAcceptedToast = (name) => {
    const toast = document.createElement('output');
    toast.textContent = `${name} accepted your friend request!`;
    document.body.append(toast);
  };
  const fetchFriends = async () => {
    const answer = await fetch('/api/friends/');
    window.friends_ = (await answer.json()).map((friend) => friend.username);
    window.fetched += 1;
  };
  const effect = () => {%s};
  window.cleanUp = effect();
  return new Promise((resolve) => window.socket.addEventListener('open', () => resolve(), { once: true }));
}
"""


def test_the_seeds_snippet_shows_the_toast(windows: Windows, maria: Member, pablo: Member, ines: Member) -> None:
    pablo.ask(maria)
    page = windows.open(pablo, "/nowhere").page
    page.evaluate(APP % SNIPPET)
    hers = windows.open(maria, "/friends")
    hers.button(f"Accept {pablo.name}").click()
    expect(page.get_by_text(f"{maria.username} accepted your friend request!")).to_be_visible()
    ines.ask(pablo)
    # Not wait_for_function: it evaluates in the page, whose policy forbids that.
    await_condition(lambda: page.evaluate("window.fetched === 2"), within=8, about="the lists were fetched twice")
    assert page.evaluate("window.frames_") == [
        {"type": "friend_accepted", "from_user": {"id": maria.id, "username": maria.username}},
        {"type": "friend_request", "from_user": {"id": ines.id, "username": ines.username}},
    ]
    assert page.evaluate("window.friends_") == [maria.username]
    page.evaluate("window.cleanUp()")
