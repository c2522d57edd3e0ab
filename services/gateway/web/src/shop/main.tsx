import '../ui/theme.css';
import '../ui/ui.css';
import { render } from 'preact';

render(<h1>Hotpath</h1>, document.querySelector('#app') as Element);
