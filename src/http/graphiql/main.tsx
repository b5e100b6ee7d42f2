// Starts the GraphiQL page in the browser.
import './workers.ts';
import 'graphiql/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { Page } from './page.tsx';

const container = document.getElementById('graphiql');
if (!container) throw new Error('index.html has no element with the id "graphiql" to render into.');

createRoot(container).render(<Page />);
