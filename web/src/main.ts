import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/print.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { letWorkerIn } from './offline/worker'
import { applyTheme } from './theme.svelte'

applyTheme()
mount(App, { target: document.getElementById('app')! })
letWorkerIn()
