// Starts the page.
import { render } from 'preact';
import { App } from './app.js';
import { connect } from './connection.js';
import { keepStoreCurrent } from './store.js';
import { applyTheme } from './theme.js';

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element with the id "app"');
applyTheme();
keepStoreCurrent();
connect();
render(<App />, root);
