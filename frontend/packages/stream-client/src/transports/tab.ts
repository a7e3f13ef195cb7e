/** A follower's way to the stream: the tab that leads. */

import { type ClientFrame, parseFrame } from '../protocol.ts';
import type { TabMessage } from '../tab-messages.ts';
import type { LinkEvents, Transport } from './transport.ts';

export interface TabTransport extends Transport {
  receive(message: TabMessage): void;
}

const ANOTHER_LEADER = 4200;

/** `silent` is called when a link is given up without a word from any leader. */
export function tab(id: string, post: (message: TabMessage) => void, silent: () => void): TabTransport {
  let links = 0;
  let receive = (_message: TabMessage): void => {};

  function attach(link: string, events: LinkEvents): { ask(frame: ClientFrame): void; heard(): boolean } {
    let heard = false;
    let greeted = false;
    let hello: ClientFrame | null = null;
    const ask = (frame: ClientFrame): void => {
      if (frame.type === 'hello') hello = frame;
      post({ kind: 'ask', from: id, link, frame });
    };
    receive = (message) => {
      switch (message.kind) {
        case 'tell':
          if (message.link !== null && message.link !== link) return;
          heard = true;
          greeted ||= message.link === link;
          return events.frame(parseFrame(message.frame));
        case 'status':
          heard = true;
          return;
        case 'lead':
          if (greeted) events.closed(ANOTHER_LEADER);
          else if (hello) ask(hello);
          return;
        case 'ask':
        case 'stop':
        case 'wake':
      }
    };
    return { ask, heard: () => heard };
  }

  return {
    receive: (message) => receive(message),
    open(_environment, _base, events) {
      const { ask, heard } = attach(`${id}#${++links}`, events);
      void Promise.resolve().then(events.opened);
      return {
        name: null,
        send: ask,
        close() {
          receive = () => {};
          if (!heard()) silent();
        },
      };
    },
  };
}
