// Writes openapi.json from the hub's own code, with the environment that start.py made (else the python on PATH).
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const own = process.platform === 'win32' ? join(root, '.venv', 'Scripts', 'python.exe') : join(root, '.venv', 'bin', 'python')
const python = existsSync(own) ? own : 'python3'
execFileSync(python, ['manage.py', 'show_openapi', '--write', join('frontend', 'openapi.json')], { cwd: root, stdio: 'inherit' })
