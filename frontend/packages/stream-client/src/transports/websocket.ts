/** The best door: `/ws/` with subprotocol `numeneon.v1`. */

import { parseFrame, parseText } from '../protocol.ts';
import type { Transport } from './transport.ts';

export const websocket = (): Transport => ({
  open(environment, base, events) {
    const socket = environment.socket?.(`${base.replace(/^http/, 'ws')}/ws/`, 'numeneon.v1');
    if (!socket) throw new Error('No WebSocket here');
    socket.onopen = () => events.opened();
    socket.onmessage = ({ data }) => events.frame(parseFrame(parseText(data)));
    socket.onclose = ({ code }) => events.closed(code);
    return {
      name: 'websocket',
      send: (frame) => socket.send(JSON.stringify(frame)),
      close() {
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close();
      },
    };
  },
});
