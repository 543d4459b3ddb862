// For tests: a broker of a few lines, for MQTT 3.1.1, that aborts upon a second CONNECT with a Keep Alive of 7 s and closes upon any other. A message
// goes back to a publisher who has subscribed, but to nobody any more after a CONNECT with a Keep Alive of 9 s.
// node mortal_broker_test.mjs PORT
import net from 'node:net';

let delivers = true;

function answer(socket, packet) {
  const body = packet.subarray(packet.length - socket.remaining);
  switch (packet[0] >> 4) {
    case 1:
      if (socket.connected && body[9] === 7) process.abort();
      if (socket.connected || body[6] !== 4) return socket.end();
      socket.connected = true;
      if (body[9] === 9) delivers = false;
      return socket.write(Buffer.from([0x20, 2, 0, 0]));
    case 3: return delivers && socket.subscribed && socket.write(packet);
    case 8:
      socket.subscribed = true;
      return socket.write(Buffer.from([0x90, 3, body[0], body[1], 0]));
    case 12: return socket.write(Buffer.from([0xd0, 0]));
    case 14: return socket.end();
  }
}

// The length of the first packet in `bytes`, 0 where it is not all there; notes the Remaining Length.
function first_packet(socket, bytes) {
  socket.remaining = 0;
  for (let i = 1, shift = 0; i < Math.min(bytes.length, 5); i++, shift += 7) {
    socket.remaining |= (bytes[i] & 127) << shift;
    if (bytes[i] < 128) return bytes.length < i + 1 + socket.remaining ? 0 : i + 1 + socket.remaining;
  }
  return 0;
}

net.createServer(socket => {
  let bytes = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', more => {
    bytes = Buffer.concat([bytes, more]);
    for (let size; (size = first_packet(socket, bytes)) > 0; bytes = bytes.subarray(size)) answer(socket, bytes.subarray(0, size));
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
