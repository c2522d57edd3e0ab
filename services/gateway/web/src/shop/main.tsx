import '../ui/theme.css';
import '../ui/ui.css';
import './shop.css';
import './picture.css';
import './products.css';
import './cart.css';
import { render } from 'preact';
import { App } from './app.tsx';

render(<App />, document.querySelector('#app') as Element);
