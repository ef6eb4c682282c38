import { reactive } from 'vue';

export const network = reactive({ online: true, type: 'unknown' });

/** Called once at launch; the offline banner and the request layer read `network`. */
export function watchNetwork(): void {
  uni.getNetworkType({
    success: ({ networkType }) => {
      network.type = networkType;
      network.online = networkType !== 'none';
    },
  });
  // #ifdef H5
  followBrowser();
  // #endif
  uni.onNetworkStatusChange(({ isConnected, networkType }) => {
    network.online = isConnected;
    network.type = networkType;
  });
}

// #ifdef H5
/** Browsers tell the loss of a cable by these, not always by the connection's own event. */
function followBrowser(): void {
  const follow = (): void => {
    network.online = navigator.onLine;
  };
  window.addEventListener('online', follow);
  window.addEventListener('offline', follow);
}
// #endif
