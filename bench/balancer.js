import { connect, createServer } from 'node:net';

/** Passes each connection on to the next of the addresses it was told over IPC, in turn; says its port once it listens. */
process.once('message', (ports) => {
  let next = 0;
  const server = createServer((inward) => {
    const outward = connect(ports[next++ % ports.length], '127.0.0.1');
    inward.pipe(outward).pipe(inward);
    for (const [one, other] of [
      [inward, outward],
      [outward, inward],
    ])
      one.on('error', () => other.destroy());
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
});
process.on('disconnect', () => process.exit());
