import 'element-plus/theme-chalk/base.css';
import 'element-plus/theme-chalk/el-message.css';
import 'element-plus/theme-chalk/el-message-box.css';
import 'element-plus/theme-chalk/el-overlay.css';
import 'element-plus/theme-chalk/el-button.css';
import 'element-plus/theme-chalk/el-input.css';
import 'element-plus/theme-chalk/dark/css-vars.css';
import './shared/styles/tokens.css';
import './shared/styles/base.css';
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import App from './app/App.vue';
import { router } from './app/router.ts';
import { ApiError, whenSignedOut } from './shared/lib/api.ts';
import './shared/lib/theme.ts';
import { forgetSession } from './shared/lib/session.ts';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // a refusal stays a refusal; only a lost or troubled server is worth another try
      retry: (failures, error) =>
        failures < 1 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
    },
  },
});

whenSignedOut(() => {
  const here = router.currentRoute.value;
  if (here.path === '/login') return;
  forgetSession();
  queryClient.clear();
  void router.push({ path: '/login', query: { next: here.fullPath, expired: '1' } });
});

createApp(App).use(router).use(VueQueryPlugin, { queryClient }).mount('#app');
