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
  uni.onNetworkStatusChange(({ isConnected, networkType }) => {
    network.online = isConnected;
    network.type = networkType;
  });
}

export const onMobileData = (): boolean => ['2g', '3g', '4g', '5g'].includes(network.type);
