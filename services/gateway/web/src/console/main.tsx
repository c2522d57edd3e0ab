import '../ui/theme.css';
import '../ui/ui.css';
import { render } from 'preact';
import { Empty } from '../ui/parts.tsx';

render(
  <main>
    <Empty title="The console is being built">
      <a href="/">To the shop</a>
    </Empty>
  </main>,
  document.querySelector('#app') as Element,
);
