import { createSSRApp } from 'vue';
import App from './App.vue';
import { finishLogin } from './features/session/login';
// #ifdef H5
import XpAsyncError from './platform/h5/XpAsyncError.vue';
import XpAsyncLoading from './platform/h5/XpAsyncLoading.vue';
// #endif
import { toastError } from './platform/toast';

export function createApp() {
  // Before the router reads the address: code and state must be out of it.
  finishLogin().catch(toastError);
  const app = createSSRApp(App);
  // #ifdef H5
  app.component('AsyncError', XpAsyncError);
  app.component('AsyncLoading', XpAsyncLoading);
  // #endif
  return { app };
}
