// The limit of any answer: node:http that writes one object as JSON and sends it, for each request anew.
// Run with the file that has the answer.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const answer: unknown = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));

createServer((request, response) => {
  request.resume().on('end', () => {
    const body = JSON.stringify(answer);
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
