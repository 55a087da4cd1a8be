// SPDX-License-Identifier: GPL-3.0-or-later
// A peer to be measured beside us: the usual WebSocket server of node, sending back what it gets. Prints its port.
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2] || 0), backlog: 65535, perMessageDeflate: false })
server.on('listening', () => console.log(server.address().port))
server.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
