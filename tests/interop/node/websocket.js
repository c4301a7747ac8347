// WebSocket's client and server in JavaScript (ws). 'websocket.js serve' is an echo server: it prints its port, and for each socket how it ended. 'websocket.js call ADDRESS' is
// the client and prints one JSON line a scenario: {"name", "outcome"}. 'websocket.js hold ADDRESS' opens one socket and tells how that ends. PEER_CA names the file with the
// authority of a wss:// address.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const { WebSocket, WebSocketServer } = require('ws');

const mebibyte = 1 << 20;
const frameBytes = 16 << 10;
// Longer than any test waits: a side that never sees the other one's end fails the test, instead of giving up and going on.
const closeTimeout = 600_000;
const deflate = { threshold: 0 };
const sha = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const ended = (code, reason) => (code + ' ' + reason).trim();

/** Sends one message in frames of 16 KiB, with a ping between the first two of them. */
function sendInFrames(socket, bytes) {
  for (let at = 0; at < bytes.length; at += frameBytes) {
    socket.send(bytes.subarray(at, at + frameBytes), { binary: true, compress: false, fin: at + frameBytes >= bytes.length });
    if (at === 0) socket.ping('between frames');
  }
}

// --- server

const orders = {
  ping: (socket, [data]) => socket.ping(data),
  close: (socket, [code, ...reason]) => socket.close(Number(code), reason.join(' ')),
  end: (socket) => socket.terminate(),
  frames: (socket) => sendInFrames(socket, Buffer.alloc(mebibyte, 'frames')),
};

function take(socket, message, isBinary) {
  const [order, ...rest] = isBinary ? [] : message.toString().split(' ');
  if (Object.hasOwn(orders, order)) orders[order](socket, rest); else socket.send(message, { binary: isBinary });
}

function serve() {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    closeTimeout,
    perMessageDeflate: deflate,
    handleProtocols: (offered) => (offered.has('banyan.v2') ? 'banyan.v2' : false),
    verifyClient: (asked, done) => (asked.req.url === '/refuse' ? done(false, 403, 'not you', { 'X-Why': 'asked' }) : done(true)),
  });
  server.on('connection', (socket, request) => {
    const name = request.url.slice(1);
    socket.on('message', (message, isBinary) => take(socket, message, isBinary));
    socket.on('pong', (data) => socket.send('heard ' + data));
    socket.on('ping', (data) => console.log(name + ' pinged ' + data));
    socket.on('error', (error) => console.log(name + ' failed ' + error.message));
    socket.on('close', (code, reason) => console.log(name + ' closed ' + ended(code, reason) + (request.socket.bytesRead < mebibyte / 16 ? '' : ' after many bytes')));
  });
  server.on('listening', () => console.log('port ' + server.address().port + '.'));
}

// --- client

/** One socket whose events are awaited in turn; none is lost between two waits. */
class Talk {
  constructor(address, name, protocols, options) {
    const ca = process.env.PEER_CA ? fs.readFileSync(process.env.PEER_CA) : undefined;
    this.events = [];
    this.waiting = null;
    this.socket = new WebSocket(address + '/' + name, protocols, { ca, closeTimeout, perMessageDeflate: false, ...options });
    this.socket.on('upgrade', (response) => { this.stream = response.socket; });
    this.socket.on('open', () => this.take('open'));
    this.socket.on('message', (data, isBinary) => this.take(isBinary ? data : 'text ' + data));
    this.socket.on('ping', (data) => this.take('ping ' + data));
    this.socket.on('pong', (data) => this.take('pong ' + data));
    this.socket.on('close', (code, reason) => this.take(ended(code, reason)));
    this.socket.on('error', (error) => this.take('failed ' + error.message));
    this.socket.on('unexpected-response', (request, response) => {
      const { socket } = response;
      let body = '';
      response.on('data', (part) => { body += part; });
      response.on('end', () => {
        // The connection may stay open for further requests, and would keep the program alive.
        socket.destroy();
        this.take([response.statusCode, response.headers['x-why'], body].join(' '));
      });
    });
  }

  take(event) {
    if (this.waiting) { this.waiting(event); this.waiting = null; } else this.events.push(event);
  }

  next() {
    return this.events.length > 0 ? Promise.resolve(this.events.shift()) : new Promise((resolve) => { this.waiting = resolve; });
  }

  async ask(message) {
    this.socket.send(message);
    return this.next();
  }

  async close(code, reason) {
    this.socket.close(code, reason);
    return this.next();
  }
}

async function open(address, name, protocols, options) {
  const talk = new Talk(address, name, protocols || [], options);
  const event = await talk.next();
  if (event !== 'open') throw new Error(event);
  return talk;
}

const scenarios = {
  async text(talk) { return [await talk.ask('häl'), await talk.ask(''), await talk.close(1000)].join(', '); },
  async binary(talk) {
    const echo = await talk.ask(Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
    return sha(echo) + ', ' + await talk.close(1000);
  },
  async frames(talk) {
    sendInFrames(talk.socket, Buffer.alloc(mebibyte, 'frames'));
    const up = [await talk.next(), await talk.next()];
    talk.socket.send('frames');
    const down = [await talk.next(), await talk.next(), await talk.next()];
    return [...up, ...down].map((e) => (Buffer.isBuffer(e) ? e.length + ' ' + sha(e).slice(0, 8) : e)).join(', ') + ', ' + await talk.close(1000);
  },
  async pings(talk) {
    talk.socket.ping('there?');
    return [await talk.next(), await talk.ask('ping here?'), await talk.next(), await talk.close(1000)].join(', ');
  },
  async closed1000(talk) { return talk.close(1000); },
  async closed3000(talk) { return talk.close(3000, 'enough für now'); },
  async closedPlainly(talk) { return talk.close(); },
  async closes1000(talk) { return talk.ask('close 1000'); },
  async closes3000(talk) { return talk.ask('close 3000 enough für now'); },
  async cut(talk) { talk.socket.terminate(); return talk.next(); },
  async cuts(talk) { return talk.ask('end'); },
};

const handshakes = {
  async deflate(address) {
    const talk = await open(address, 'deflate', [], { perMessageDeflate: deflate });
    const echo = await talk.ask(Buffer.alloc(mebibyte, 'z'));
    const bytes = talk.stream.bytesRead + talk.stream.bytesWritten;
    const repeated = await talk.ask('häl');
    return [talk.socket.extensions, echo.length + ' ' + sha(echo).slice(0, 8), bytes < mebibyte / 16 ? 'in few bytes' : 'in ' + bytes + ' bytes', repeated, await talk.close(1000)].join(', ');
  },
  async protocol(address) {
    const talk = await open(address, 'protocol', ['banyan.v1', 'banyan.v2']);
    return talk.socket.protocol + ', ' + await talk.ask('one') + ', ' + await talk.close(1000);
  },
  async noProtocol(address) { return open(address, 'noProtocol', ['banyan.v1']).then((t) => t.close(1000), (error) => error.message); },
  async refuse(address) { return new Talk(address, 'refuse', []).next(); },
};

async function call(address) {
  const plain = Object.entries(scenarios).map(([name, run]) => [name, async () => run(await open(address, name))]);
  const others = Object.entries(handshakes).map(([name, run]) => [name, () => run(address)]);
  for (const [name, run] of [...plain, ...others]) {
    let outcome;
    try { outcome = await run(); } catch (error) { outcome = 'threw ' + error.stack; }
    console.log(JSON.stringify({ name, outcome }));
  }
}

async function hold(address) {
  const talk = await open(address, 'hold', [], { perMessageDeflate: deflate });
  console.log(await talk.ask('held'));
  // The end may come between the frames of a message.
  talk.socket.send('begun and ', { fin: false });
  console.log('open.');
  console.log('closed ' + await talk.next());
}

const [, , mode, address] = process.argv;
({ serve, call, hold })[mode](address);
