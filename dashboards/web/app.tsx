// The page: header, head-line figures, table, feed and one SKU.
import { AtRisk } from './at-risk.js';
import { FeedPanel } from './feed-panel.js';
import { Footer } from './footer.js';
import { Header } from './header.js';
import { Headline } from './headline.js';
import { SkuPanel } from './sku-panel.js';
import { connection, narrow, selected } from './store.js';

export function App() {
  const onlySku = narrow.value && selected.value !== null;
  const stale = connection.value.kind !== 'live';
  return (
    <div class={`app${stale ? ' stale' : ''}`}>
      <Header />
      {!onlySku && <Headline />}
      <main class={onlySku ? 'only-sku' : ''}>
        {!onlySku && (
          <div class="lists">
            <AtRisk />
            <FeedPanel />
          </div>
        )}
        {(onlySku || !narrow.value) && <SkuPanel />}
      </main>
      <Footer />
    </div>
  );
}
