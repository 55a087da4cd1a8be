// SPDX-License-Identifier: GPL-3.0-or-later
// The loader: all a page pays for until it is idle. It leaves a queue named `Usher` behind and fetches the rest later.
(() => {
  const me = document.currentScript
  const { Usher: earlier } = window
  if (!me || earlier?.boot) return            // a second tag of ours changes nothing

  const gate = new URL(me.src, location.href).origin
  const usher = (...call) => { usher.q.push(call) }
  usher.q = earlier?.q || []
  usher.boot = {
    gate,
    app: me.dataset.app || new URL(me.src).searchParams.get('app') || 'demo',
    locale: me.dataset.locale || '',
    files: `${gate}/widget/@HASH@/`,
    nonce: me.nonce,
  }
  window.Usher = usher

  // A page that enforces Trusted Types wants a policy for script addresses; ours knows exactly one prefix.
  let trust = (url) => url
  try {
    const policy = window.trustedTypes?.createPolicy('usher', {
      createScriptURL: (url) => { if (url.startsWith(usher.boot.files)) return url; throw new TypeError(url) },
    })
    if (policy) trust = (url) => policy.createScriptURL(url)
  } catch { /* the page allows no further policy: the plain address, and its own default policy decides */ }

  const fetchRest = () => {
    const script = document.createElement('script')
    script.async = true
    if (usher.boot.nonce) script.nonce = usher.boot.nonce
    script.src = trust(`${usher.boot.files}chat.js`)
    document.head.append(script)
  }
  const whenIdle = () => ('requestIdleCallback' in window ? requestIdleCallback(fetchRest, { timeout: 4000 }) : setTimeout(fetchRest, 200))
  if (document.readyState === 'complete') whenIdle()
  else addEventListener('load', whenIdle, { once: true })
})()
