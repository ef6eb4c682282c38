import { errorText } from './errors';

export function toast(text: string): void {
  uni.showToast({ title: text, icon: 'none', duration: 2000 });
}

export const toastError = (error: unknown): void => toast(errorText(error));

/** Asks before something that cannot be undone. */
export function confirmDialog(
  title: string,
  content: string,
  confirmText = '确定',
  cancelText = '再想想',
): Promise<boolean> {
  return new Promise((resolve) => {
    uni.showModal({
      title,
      content,
      confirmText,
      cancelText,
      success: ({ confirm }) => resolve(confirm),
      fail: () => resolve(false),
    });
  });
}
