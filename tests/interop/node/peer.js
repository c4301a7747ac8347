// The gRPC peer in JavaScript (@grpc/grpc-js). 'peer.js serve' is an echo server and prints its port;
// 'peer.js call ADDRESS' calls one and prints one JSON line a scenario: {"name", "outcome"}.
'use strict';
const path = require('path');
const crypto = require('crypto');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const ownProtos = path.join(__dirname, '..', 'proto');
const publicProtos = path.join(__dirname, '..', '..', '..', 'proto');
const load = (file) => grpc.loadPackageDefinition(
  loader.loadSync(file, { includeDirs: [ownProtos, publicProtos], keepCase: true, defaults: true, enums: Number }));
const Echo = load('banyan/test/v1/echo.proto').banyan.test.v1.Echo;
const Health = load('grpc/health/v1/health.proto').grpc.health.v1.Health;
const Reflection = load('grpc/reflection/v1/reflection.proto').grpc.reflection.v1.ServerReflection;

const limits = { 'grpc.max_receive_message_length': 8 << 20, 'grpc.max_send_message_length': 8 << 20 };
const sha = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

// --- server

function echoMetadata(metadata) {
  const headers = new grpc.Metadata();
  const trailers = new grpc.Metadata();
  for (const key of Object.keys(metadata.getMap()).filter((k) => k.startsWith('x-'))) {
    for (const value of metadata.get(key)) {
      headers.add(key, value);
      trailers.add(key.endsWith('-bin') ? key.slice(0, -4) + '-trailer-bin' : key + '-trailer', value);
    }
  }
  return { headers, trailers };
}

const answer = (request, index) => ({ text: request.text, payload: request.payload, index: index });

const handlers = {
  Say(call, callback) {
    const { headers, trailers } = echoMetadata(call.metadata);
    call.sendMetadata(headers);
    callback(null, answer(call.request, 0), trailers);
  },
  Repeat(call) {
    let index = 0;
    call.on('cancelled', () => { console.log('cancelled Repeat'); });
    const more = () => {
      if (call.cancelled) return;
      if (call.request.times !== 0 && index >= call.request.times) { call.end(); return; }
      call.write(answer(call.request, index++));
      setImmediate(more);
    };
    more();
  },
  Collect(call, callback) {
    const texts = [];
    call.on('data', (request) => texts.push(request.text));
    call.on('end', () => callback(null, { text: texts.join(','), index: texts.length }));
  },
  Chat(call) {
    let index = 0;
    call.on('cancelled', () => { console.log('cancelled Chat'); });
    call.on('data', (request) => call.write(answer(request, index++)));
    call.on('end', () => call.end());
  },
  Fail(call, callback) {
    const metadata = new grpc.Metadata();
    metadata.set('x-why', 'asked');
    if (call.request.payload.length > 0) metadata.set('grpc-status-details-bin', call.request.payload);
    callback({ code: call.request.code, details: call.request.text, metadata });
  },
  Hang(call) {
    call.on('cancelled', () => { console.log('cancelled Hang'); });
  },
};

function serve() {
  const server = new grpc.Server({ ...limits, 'grpc.default_compression_algorithm': 2 });
  server.addService(Echo.service, handlers);
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log('port ' + port + '.');
  });
}

// --- client

const unary = (client, method, request, metadata, options) => new Promise((resolve) => {
  let headers = null;
  let result = null;
  const call = client[method](request, metadata || new grpc.Metadata(), options || {}, (error, response) => { result = { error, response }; });
  call.on('metadata', (m) => { headers = m; });
  call.on('status', (status) => resolve({ ...result, headers, trailers: status.metadata }));
});

const collect = (call) => new Promise((resolve) => {
  const messages = [];
  call.on('data', (m) => messages.push(m));
  call.on('error', () => {});
  call.on('status', (status) => resolve({ messages, status }));
});

const scenarios = {
  async say(c) { return (await unary(c.echo, 'Say', { text: 'häl' })).response.text; },
  async big(c) {
    const payload = Buffer.alloc((4 << 20) - 64, 7);
    const { response } = await unary(c.echo, 'Say', { payload });
    return response.payload.length + ' ' + sha(response.payload);
  },
  async gzip(c) {
    const { response } = await unary(c.gzip, 'Say', { text: 'z'.repeat(10000) });
    return String(response.text.length);
  },
  async repeat(c) {
    const { messages, status } = await collect(c.echo.Repeat({ text: 'r', times: 100 }));
    return messages.map((m) => m.index).join(',') + ' ' + status.code + ' ' + status.metadata.get('x-kind')[0];
  },
  async collect(c) {
    return new Promise((resolve) => {
      const call = c.echo.Collect((error, response) => resolve(error ? String(error) : response.text + ' ' + response.index));
      for (const text of ['a', 'b', 'c']) call.write({ text });
      call.end();
    });
  },
  async chat(c) {
    return new Promise((resolve) => {
      const call = c.echo.Chat();
      const seen = [];
      call.on('data', (m) => {
        seen.push(m.text);
        if (seen.length === 20) call.end(); else call.write({ text: String(seen.length) });
      });
      call.on('status', (status) => resolve(seen.join(',') + ' ' + status.code));
      call.write({ text: '0' });
    });
  },
  async cancel(c) {
    return new Promise((resolve) => {
      const call = c.echo.Repeat({ text: 'c', times: 0 });
      let count = 0;
      call.on('data', () => { if (++count === 5) call.cancel(); });
      call.on('error', () => {});
      call.on('status', (status) => resolve(String(status.code)));
    });
  },
  async fail(c) {
    const { error, trailers } = await unary(c.echo, 'Fail', { code: 9, text: 'näh: 100%\n' });
    return error.code + '|' + error.details + '|' + trailers.get('x-why')[0];
  },
  async missing(c) { return String((await unary(c.echo, 'Missing', {})).error.code); },
  async unknown(c) {
    const call = (resolve) => c.echo.makeUnaryRequest('/no.such.Service/Call', (x) => x, (x) => x, Buffer.alloc(0), (error) => resolve(String(error.code)));
    return new Promise(call);
  },
  async deadline(c) {
    return String((await unary(c.echo, 'Hang', {}, null, { deadline: Date.now() + 3000 })).error.code);
  },
  async metadata(c) {
    const metadata = new grpc.Metadata();
    metadata.add('x-text', 'one');
    metadata.add('x-text', 'two');
    metadata.add('x-raw-bin', Buffer.from([0, 255, 1]));
    const { headers, trailers } = await unary(c.echo, 'Say', {}, metadata);
    return headers.get('x-text').join(', ') + '|' + headers.get('x-raw-bin').map((b) => b.toString('hex')).join(',')
      + '|' + trailers.get('x-text-trailer').join(', ') + '|' + trailers.get('x-raw-trailer-bin').map((b) => b.toString('hex')).join(',');
  },
  async bigmetadata(c) {
    const metadata = new grpc.Metadata();
    metadata.add('x-big', 'm'.repeat(5000));
    const { headers, trailers } = await unary(c.echo, 'Say', {}, metadata);
    return headers.get('x-big')[0].length + ' ' + trailers.get('x-big-trailer')[0].length;
  },
  async details(c) {
    const { error, trailers } = await unary(c.echo, 'Fail', { text: 'banyan' });
    return error.code + ' ' + trailers.get('grpc-status-details-bin')[0].toString('base64');
  },
  async toolarge(c) {
    return String((await unary(c.echo, 'Say', { payload: Buffer.alloc(5 << 20) })).error.code);
  },
  async health(c) {
    const known = await unary(c.health, 'Check', { service: '' });
    const unknown = await unary(c.health, 'Check', { service: 'no.such.Service' });
    return known.response.status + ' ' + unknown.error.code;
  },
  async reflection(c) {
    const call = c.reflection.ServerReflectionInfo();
    const answers = collect(call);
    call.write({ list_services: '' });
    call.write({ file_containing_symbol: 'banyan.test.v1.Echo' });
    call.write({ file_by_filename: 'no/such.proto' });
    call.end();
    const { messages } = await answers;
    return messages[0].list_services_response.service.map((s) => s.name).join(',')
      + ' ' + messages[1].file_descriptor_response.file_descriptor_proto.length + ' ' + messages[2].error_response.error_code;
  },
};

async function call(address) {
  const insecure = grpc.credentials.createInsecure();
  const clients = {
    echo: new Echo(address, insecure, limits),
    gzip: new Echo(address, insecure, { ...limits, 'grpc.default_compression_algorithm': 2 }),
    health: new Health(address, insecure),
    reflection: new Reflection(address, insecure),
  };
  for (const [name, run] of Object.entries(scenarios)) {
    let outcome;
    try { outcome = await run(clients); } catch (error) { outcome = 'threw ' + error.stack; }
    console.log(JSON.stringify({ name, outcome }));
  }
  Object.values(clients).forEach((c) => c.close());
}

if (process.argv[2] === 'serve') serve(); else call(process.argv[3]);
