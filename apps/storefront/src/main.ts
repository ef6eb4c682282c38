import { createSSRApp } from 'vue';
import App from './App.vue';
// #ifdef H5
import XpAsyncError from './platform/h5/XpAsyncError.vue';
import XpAsyncLoading from './platform/h5/XpAsyncLoading.vue';
// #endif

export function createApp() {
  const app = createSSRApp(App);
  // #ifdef H5
  app.component('AsyncError', XpAsyncError);
  app.component('AsyncLoading', XpAsyncLoading);
  // #endif
  return { app };
}
