// SPDX-License-Identifier: GPL-3.0-or-later
// The demo shop: two languages and a basket that counts. The chat is not its business: that is one script tag.
(() => {
  const kept = (key, value) => {
    try {
      if (value !== undefined) sessionStorage.setItem(key, value)
      return sessionStorage.getItem(key)
    } catch {
      return null
    }
  }
  const wish = new URLSearchParams(location.search).get('lang') || kept('shop-lang') || navigator.language
  document.documentElement.lang = /^zh/i.test(wish) ? 'zh-CN' : 'en'

  addEventListener('DOMContentLoaded', () => {
    const count = document.getElementById('count')
    count.textContent = kept('shop-count') || '0'
    document.getElementById('tongue').addEventListener('click', () => {
      kept('shop-lang', document.documentElement.lang === 'en' ? 'zh-CN' : 'en')
      location.href = '/demo'                        // the chat chooses its words when it starts
    })
    for (const button of document.querySelectorAll('[data-add]')) {
      button.addEventListener('click', () => { count.textContent = kept('shop-count', Number(count.textContent) + 1) || Number(count.textContent) + 1 })
    }
  })
})()
