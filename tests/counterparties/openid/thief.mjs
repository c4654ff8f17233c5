// A thief at the token endpoint: whatever is redeemed there is redeemed a moment earlier too, with the very same request.

const SENT_ON = 'x-sent-on';

/** Whether this is a code on its way from the client, not yet seen by the thief. */
export function isRedemption(request) {
  return request.method === 'POST' && request.url.endsWith('/token') && !(SENT_ON in request.headers);
}

/** Sends a redemption to the provider twice. The first answer is the thief's; the client gets the second. */
export async function redeemTwice(address, request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { authorization, 'content-type': type } = request.headers;
  const send = () => fetch(address, {
    method: 'POST',
    headers: { authorization, 'content-type': type, [SENT_ON]: 'yes' },
    body: Buffer.concat(chunks),
  });
  await (await send()).text();
  const answer = await send();
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') });
  response.end(await answer.text());
}
