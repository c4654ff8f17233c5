// The one page of the OpenID provider: user name and password.

/** Answers with the form, the user name filled in when it is known. */
export function loginForm(response, status, username = '') {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`<!doctype html>
<html lang="en"><head><title>Log in</title></head><body><main><h1>Log in</h1>
<form method="post">
  <label>User name <input name="username" value="${escape(username)}" autocomplete="username"></label>
  <label>Password <input name="password" type="password" autocomplete="current-password"></label>
  <button>Log in</button>
</form></main></body></html>`);
}

function escape(text) {
  return String(text ?? '').replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
}

/** The fields of a posted form. */
export async function readForm(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
