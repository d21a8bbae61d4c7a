"""How a site puts Citewell on its pages, and how programs ask."""

from html import escape

_HOST = "https://citewell.example.org"
_SNIPPET = f"""<script type="module"
  src="{_HOST}/widget/citewell-chat.js"></script>
<citewell-chat server="{_HOST}" country="US"></citewell-chat>"""
_KEY = "citewell keys create --site --origin https://www.example.org"
_CALL = f"""curl {_HOST}/v1/ask \\
  -H "Authorization: Bearer YOUR-KEY" \\
  --json '{{"question": "Is ketamine an opioid?"}}'"""


def _code(text: str) -> str:
    """Lines to copy. On a narrow screen they break around the server's address rather than within it."""
    return f"<pre>{escape(text).replace(_HOST, f'<wbr>{_HOST}<wbr>')}</pre>"


def embedding_section() -> str:
    """The lines for a page, the key it needs, and a call for programs."""
    return (
        '<section class="part" aria-labelledby="embedding"><div><h2 id="embedding">Put it on your site</h2>'
        "<p>These lines put the same chat on any page. There is nothing to build, and the page loads nothing else. Without JavaScript, "
        "what you write between the tags shows in its place.</p>"
        '<p><a class="onward" href="/docs">Read the API</a></p></div><div class="code">'
        f"<h3>On a page</h3>{_code(_SNIPPET)}"
        "<p>Write your own server's address. Then make a key for your site, and add it to the tag as <code>site-key</code>:</p>"
        f"{_code(_KEY)}"
        f"<h3>From a program</h3>{_code(_CALL)}</div></section>"
    )
