// Quantrac count.v1: tells of visits and of the steps of a dossier. No cookies, nothing stored, no name of anybody.
(function (page, navigator) {
  'use strict'
  var tag = page.currentScript
  if (!tag) return
  var set = tag.dataset
  var respects = ' ' + (set.respect || '') + ' '
  var declined =
    (respects.indexOf(' dnt ') >= 0 && (navigator.doNotTrack === '1' || window.doNotTrack === '1')) ||
    (respects.indexOf(' gpc ') >= 0 && navigator.globalPrivacyControl === true)
  var to = tag.src.replace(/\/count\.v1\.js.*$/, '/api/v1/events')

  // Sent twice, an event counts once: this names it.
  function name() {
    var text = ''
    crypto.getRandomValues(new Uint8Array(12)).forEach(function (byte) {
      text += (256 + byte).toString(16).slice(1)
    })
    return text
  }

  // quantrac('submitted', {service: '1.004206', dossier: HASH, channel: 'online'})
  function count(event, of) {
    if (declined) return
    of = of || {}
    var said = { key: set.key, event: event, id: of.id || name() }
    if (of.service) said.service = of.service
    if (of.dossier) said.dossier = of.dossier
    if (of.channel) said.channel = of.channel
    try {
      if (navigator.sendBeacon && navigator.sendBeacon(to, JSON.stringify(said))) return
    } catch (_) {}
    var pairs = []
    for (var member in said) pairs.push(member + '=' + encodeURIComponent(said[member]))
    new Image().src = to + '.gif?' + pairs.join('&')
  }

  window.quantrac = count
  if (set.view !== 'off') count('view', { service: set.service })
})(document, navigator)
