import '../ui/theme.css';
import '../ui/ui.css';
import 'uplot/dist/uPlot.min.css';
import './console.css';
import './graph.css';
import './xray.css';
import './chaos.css';
import { render } from 'preact';
import { Console } from './app.tsx';

render(<Console />, document.querySelector('#app') as Element);
