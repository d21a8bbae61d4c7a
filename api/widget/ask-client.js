// One question to the server, answered as a stream of events.

const PATIENCE = 20_000; // milliseconds without a sign; the server itself gives up after 10 s of waiting and 10 s of answering
const KINDS = { 401: "closed", 403: "closed", 413: "long", 422: "long", 429: "often", 503: "busy" };

// `chat` is the element: its attributes say which server, and by which key.
export async function request(path, chat, body, signal) {
  const key = chat.getAttribute("site-key");
  return fetch(chat.server + path, {
    method: body ? "POST" : "GET",
    body: body && JSON.stringify(body),
    headers: { ...(body && { "Content-Type": "application/json" }), ...(key && { Authorization: `Bearer ${key}` }) },
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    signal,
  });
}

// Calls `onEvent(name, data)` for each event and gives the whole Answer; `stop` is an AbortController that ends it.
// Throws what went wrong: `kind` names the line that is said, `status` is what the server sent, if anything, `wait` are seconds.
export async function ask(asked, chat, stop, onEvent) {
  let timer, broken = "unreachable";
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort("slow"), PATIENCE);
  };
  try {
    heard();
    const reply = await request("/v1/ask/stream", chat, asked, stop.signal);
    if (!reply.ok) throw refused(reply.status, reply.headers.get("Retry-After"));
    return await read(reply.body.getReader(), heard, (...event) => {
      onEvent(...event);
      broken = "cut";
    });
  } catch (error) {
    throw stop.signal.aborted ? { kind: stop.signal.reason } : error.kind ? error : { kind: broken };
  } finally {
    clearTimeout(timer);
  }
}

const refused = (status, wait) => ({ kind: KINDS[status] || "broken", status, wait: Number(wait) });

async function read(reader, heard, onEvent) {
  const letters = new TextDecoder();
  for (let rest = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) throw done; // before the whole answer was there
    heard();
    const events = (rest + letters.decode(value, { stream: true })).split(/\r?\n\r?\n/);
    rest = events.pop();
    for (const event of events) {
      const [name, data] = ["event", "data"].map((field) => event.match(`(?:^|\n)${field}: ?([^\r\n]*)`)?.[1]);
      if (!data) continue;
      if (name === "done") return JSON.parse(data);
      if (name === "error") throw refused(JSON.parse(data).status);
      onEvent(name, JSON.parse(data));
    }
  }
}
