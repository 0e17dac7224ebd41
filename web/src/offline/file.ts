// What waits of one form as a file, to be carried to where there is a line. How it is read and checked there is said in
// crates/server/src/api/submissions/edits.rs; the two change together, and every version stays readable.

import { lang } from '../i18n/index.svelte'
import { toSend, type EntryForm } from '../pages/entry/form.svelte'

const FORMAT = 'quantrac-edits'
const VERSION = 1

/** Of which form a file is. */
export interface FileOf {
  template: string
  body: string
  period: string
}

export async function editsFile(form: EntryForm, by: string, made_at: string): Promise<File> {
  const { template, template_def, body, period } = form.submission
  const cells = [...form.edits].map(([cell, edit]) => toSend(cell, edit))
  const content = JSON.stringify({ template, template_version: template_def.version, body, period, lang: lang(), made_at, by, cells })
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content)))
  const sha256 = [...sum].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const name = `${template}_${body}_${period}_cho-gui.json`.replace(/[~/]/g, '-')
  return new File([JSON.stringify({ format: FORMAT, version: VERSION, sha256, content }, null, 2)], name, { type: 'application/json' })
}

/** Of which form a file says it is; null when it is no such file. What is in it is for the server to judge. */
export function formOfFile(text: string): FileOf | null {
  try {
    const { format, content } = JSON.parse(text) as { format?: unknown; content?: unknown }
    if (format !== FORMAT || typeof content !== 'string') return null
    const { template, body, period } = JSON.parse(content) as Partial<FileOf>
    return template && body && period ? { template, body, period } : null
  } catch {
    return null
  }
}
